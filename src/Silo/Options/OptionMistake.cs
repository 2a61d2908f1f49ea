namespace Actors.Silo.Options;

/// <summary>One thing that is wrong with the options: what was given, where, and what is allowed instead.</summary>
/// <param name="Key">The option's path, or the text that could not be read as one.</param>
/// <param name="Text">The value given (already masked when secret); null when there is none to show.</param>
/// <param name="Source">Where it was given.</param>
/// <param name="Sentence">What is allowed, or what to do.</param>
public sealed record OptionMistake(string Key, string? Text, OptionSource Source, string Sentence)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() =>
        Text is null ? $"{Key} ({Source}): {Sentence}" : $"{Key} = \"{Text}\" ({Source}): {Sentence}";
}
