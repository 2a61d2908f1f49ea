using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Actors.Harness;

/// <summary>Runs a program to its end, with a bound on its time.</summary>
public static class ForeignProgram
{
    /// <summary>How a program ended.</summary>
    public sealed record Ending(int ExitCode, string Output, string Error)
    {
        /// <summary>Standard output, when the exit code is 0.</summary>
        /// <exception cref="ForeignProgramException">The program has failed.</exception>
        public string OutputOfSuccess() => ExitCode == 0 ? Output : throw new ForeignProgramException($"exit code {ExitCode}\n{Error}\n{Output}");
    }

    /// <summary>Starts the program, hands it its input, and collects what it prints.</summary>
    /// <param name="file">The program; searched in PATH when it has no folder.</param>
    /// <param name="arguments">Passed as they are, without a shell.</param>
    /// <param name="input">Standard input, UTF-8.</param>
    /// <param name="timeout">When it passes, the program and its children are ended.</param>
    /// <exception cref="ForeignProgramException">The program is missing or has not ended in time.</exception>
    public static async Task<Ending> RunAsync(string file, IEnumerable<string> arguments, string input, TimeSpan timeout)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var guard = new CancellationTokenSource(timeout);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), guard.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(guard.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new ForeignProgramException($"{file} {string.Join(' ', start.ArgumentList)} has not ended in {timeout}\n{await error}");
        }

        return new Ending(process.ExitCode, await output, await error);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new ForeignProgramException($"{start.FileName} cannot be started ({missing.Message}): scripts/test installs it");
        }
    }
}
