using System.Net;

namespace Actors.Cli;

/// <summary>The command cannot do what it was asked; the message is the sentence that the user reads.</summary>
/// <param name="sentence">What is wrong and what to do about it.</param>
/// <param name="exitCode">How the command ends.</param>
public sealed class CliException(string sentence, int exitCode = ActorsProgram.Failed) : Exception(sentence)
{
    /// <summary>How the command ends.</summary>
    public int ExitCode => exitCode;

    /// <summary>Whether the same may succeed a little later, because nobody answered or whoever did was not ready.</summary>
    public bool IsTransient { get; init; }

    /// <summary>With what status a silo has said no; null when it was not a silo that did.</summary>
    public HttpStatusCode? Status { get; init; }
}
