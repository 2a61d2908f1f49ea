using System.Text.Json;

namespace Actors.Cli.Tests;

/// <summary>What a command did.</summary>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    /// <summary>The output as JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>The output's lines without what surrounds them.</summary>
    public string[] Lines => [.. Output.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    /// <summary>Fails with everything that was written unless the exit code is this.</summary>
    public CliRun Expect(int exitCode)
    {
        Assert.True(exitCode == ExitCode, $"Exit code {ExitCode}, expected {exitCode}.\n{Output}\n{Error}");
        return this;
    }
}
