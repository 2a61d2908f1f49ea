namespace Actors.Log;

/// <summary>How a file is opened.</summary>
public enum FileOpening
{
    /// <summary>It must exist.</summary>
    Existing,

    /// <summary>It is created when missing.</summary>
    CreateIfMissing,

    /// <summary>It is created, or emptied when it exists.</summary>
    Create,
}
