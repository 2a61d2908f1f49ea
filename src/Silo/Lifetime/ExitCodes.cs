namespace Actors.Silo.Lifetime;

/// <summary>What the process answers to the one who started it.</summary>
public static class ExitCodes
{
    /// <summary>Stopped as asked, with nothing left undone; or only showed its options.</summary>
    public const int Success = 0;

    /// <summary>Ran, and then failed or could not stop in time.</summary>
    public const int Failed = 1;

    /// <summary>Did not start: the options have mistakes.</summary>
    public const int BadOptions = 2;

    /// <summary>Did not start: a port, a folder, a library or a file is not as it has to be.</summary>
    public const int CannotStart = 3;
}
