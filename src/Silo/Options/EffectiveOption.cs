namespace Actors.Silo.Options;

/// <summary>The value that an option has in this process, and where it came from.</summary>
/// <param name="Option">The option.</param>
/// <param name="Value">Its value; null when it has none.</param>
/// <param name="Source">The source that won.</param>
public sealed record EffectiveOption(OptionDefinition Option, object? Value, OptionSource Source)
{
    /// <summary>One line for the log; secrets are masked.</summary>
    public override string ToString() =>
        Value is null ? $"{Option.Key} is not set" : $"{Option.Key} = {Option.Show(Value)} ({Source})";
}
