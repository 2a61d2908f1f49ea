namespace Actors.Silo.Options;

/// <summary>The value that an option has in this process, and where it came from.</summary>
/// <param name="Option">The option.</param>
/// <param name="Value">Its value; null when it has none.</param>
/// <param name="Source">The source that won.</param>
public sealed record EffectiveOption(OptionDefinition Option, object? Value, OptionSource Source)
{
    /// <summary>With its whole path and its source; secrets are masked.</summary>
    public override string ToString() =>
        Value is null ? $"{Option.Key} is not set" : $"{Option.Key} = {Option.Show(Value)} ({Source})";

    /// <summary>As it stands among the others of its section: its source is named unless it is the default. Secrets are masked.</summary>
    public string ToShortString()
    {
        if (Value is null) return $"{Option.Property.Name} is not set";
        var source = Source == OptionSource.Default ? "" : $" ({Source})";
        return $"{Option.Property.Name} = {Option.Show(Value)}{source}";
    }
}
