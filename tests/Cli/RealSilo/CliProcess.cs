using System.Diagnostics;
using Actors.Harness;

namespace Actors.Cli.Tests.RealSilo;

/// <summary>Runs the real program, as a shell does.</summary>
internal static class CliProcess
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);

    /// <summary>What follows <c>dotnet</c>: the program, the arguments, and where the silo is.</summary>
    public static string[] Arguments(SiloProcess silo, params string[] command) =>
        [Repository.Program("Cli"), .. command, "--bootstrap", silo.Bootstrap, "--http", $"127.0.0.1:{silo.Options.HttpPort}"];

    /// <summary>Runs a command against a silo to its end.</summary>
    public static Task<CliRun> RunAsync(SiloProcess silo, params string[] command) => RunAsync(Arguments(silo, command));

    /// <summary>Runs a command that says itself where it goes.</summary>
    public static async Task<CliRun> RunAsync(string[] arguments)
    {
        var ending = await ForeignProgram.RunAsync("dotnet", arguments, "", Guard);
        return new(ending.ExitCode, ending.Output, ending.Error);
    }

    /// <summary>
    /// Runs a command, and acts once when a line appears on the error stream that contains <paramref name="sign"/>. The command and what it
    /// has started are ended when this fails.
    /// </summary>
    public static async Task<CliRun> RunAsync(SiloProcess silo, string sign, Action<Process> act, params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", Arguments(silo, command)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            return await RunAsync(process, sign, act);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<CliRun> RunAsync(Process process, string sign, Action<Process> act)
    {
        using var guard = new CancellationTokenSource(Guard);
        var output = process.StandardOutput.ReadToEndAsync(guard.Token);
        var (error, hasActed) = (new List<string>(), false);
        while (await process.StandardError.ReadLineAsync(guard.Token) is { } line)
        {
            error.Add(line);
            if (hasActed || !line.Contains(sign, StringComparison.Ordinal)) continue;
            hasActed = true;
            act(process);
        }

        await process.WaitForExitAsync(guard.Token);
        Assert.True(hasActed, $"'{sign}' did not appear:\n{string.Join('\n', error)}");
        return new(process.ExitCode, await output, string.Join('\n', error));
    }
}
