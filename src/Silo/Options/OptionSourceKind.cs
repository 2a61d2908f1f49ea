namespace Actors.Silo.Options;

/// <summary>Kinds of places an option's value comes from; a later one overrides an earlier one.</summary>
public enum OptionSourceKind
{
    /// <summary>The value written in the option's record.</summary>
    Default,

    /// <summary>A JSON file.</summary>
    File,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>An argument of the process.</summary>
    CommandLine,
}
