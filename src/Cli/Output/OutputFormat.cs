namespace Actors.Cli.Output;

/// <summary>How a result is written.</summary>
public enum OutputFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>For programs: one JSON value.</summary>
    Json,
}
