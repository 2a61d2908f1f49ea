namespace Actors.Cli;

/// <summary>The command cannot do what it was asked; the message is the sentence that the user reads.</summary>
/// <param name="sentence">What is wrong and what to do about it.</param>
public sealed class CliException(string sentence) : Exception(sentence);
