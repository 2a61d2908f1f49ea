namespace Actors.Silo.Options;

/// <summary>What one source says: its values in the order given, and what in it could not be read.</summary>
public sealed record OptionLayer(IReadOnlyList<OptionValue> Values, IReadOnlyList<OptionMistake> Mistakes)
{
    /// <summary>A source that says nothing.</summary>
    public static OptionLayer Empty { get; } = new([], []);
}
