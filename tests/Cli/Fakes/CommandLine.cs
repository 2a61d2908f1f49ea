namespace Actors.Cli.Tests;

/// <summary>Runs the command line within the test.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    /// <summary>Runs a command to its end.</summary>
    public static Task<CliRun> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    /// <summary>Runs a command that the token interrupts.</summary>
    public static async Task<CliRun> RunAsync(CancellationToken token, params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var console = new CliConsole(output, TextWriter.Synchronized(error), IsOutputTerminal: false, IsErrorTerminal: false);
        var exitCode = await new ActorsProgram(console, TimeProvider.System).RunAsync(arguments, token).WaitAsync(Guard);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }
}
