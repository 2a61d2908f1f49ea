namespace Actors.Silo.Options;

/// <summary>Where one value of an option came from, precise enough to go there and change it.</summary>
/// <param name="Kind">The kind of place.</param>
/// <param name="Name">The file's name, the variable's name or the argument as it was written; empty for a default.</param>
public readonly record struct OptionSource(OptionSourceKind Kind, string Name)
{
    /// <summary>The value that the option's record declares.</summary>
    public static OptionSource Default { get; } = new(OptionSourceKind.Default, "");

    /// <summary>A phrase for messages: "environment variable Silo__NodeId".</summary>
    public override string ToString() => Kind switch
    {
        OptionSourceKind.File => $"file {Name}",
        OptionSourceKind.Environment => $"environment variable {Name}",
        OptionSourceKind.CommandLine => $"command line {Name}",
        _ => "default",
    };
}
