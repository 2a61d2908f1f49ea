using System.Globalization;
using Actors.Harness;

namespace Actors.Clients.Tests;

/// <summary>The five minutes of the README, as a newcomer copies them into a shell: the page's own lines, in their order.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ReadmeTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task The_five_minutes_work_as_they_are_written()
    {
        using var folder = new TemporaryDirectory();
        var (kafkaPort, httpPort) = (Port(), Port());
        await PrepareAsync(folder, kafkaPort, httpPort);
        var block = FiveMinutes().Replace("9092", kafkaPort, StringComparison.Ordinal).Replace("8080", httpPort, StringComparison.Ordinal);

        // What the scripts leave running, such as the compiler's server, must not hold this test's pipes.
        var script = $"""
            exec > transcript 2>&1
            set -e -o pipefail
            export PATH="$PWD/bin:$PATH" Kafka__Port={kafkaPort} Http__Port={httpPort}
            trap 'kill -9 "$(cat data/silo.pid)"; wait' EXIT
            {block}
            """;
        var ending = await ForeignProgram.RunAsync("bash", ["-c", $"cd '{folder.FullName}'\n{script}"], "", Guard);

        var transcript = await File.ReadAllTextAsync(folder.Path("transcript"));
        Assert.True(ending.ExitCode == 0, $"exit code {ending.ExitCode}:\n{transcript}");
        Assert.Contains("\n0 en hello\n1 it saluto\n", transcript);
        Assert.Equal(2, Count(transcript, " is ready after "));
        Assert.Matches(@"orders\s.*6", transcript);
        Assert.Contains($"\"kafka\": \"127.0.0.1:{kafkaPort}\"", transcript);
        Assert.Contains("msg/s", transcript);
        Assert.Matches("(?m)^wal_commit_duration_ms_count.* [1-9]", transcript);
        Assert.Contains("\nphotos: done\n", transcript);
        Assert.Contains("photos is in ssd", transcript);
        Assert.Contains("install -y kcat curl", await File.ReadAllTextAsync(folder.Path("installed")));
    }

    /// <summary>A folder with the repository's scripts and with an apt-get that installs nothing: scripts/test has done that.</summary>
    private static async Task PrepareAsync(TemporaryDirectory folder, string kafkaPort, string httpPort)
    {
        Directory.CreateDirectory(folder.Path("scripts"));
        Directory.CreateDirectory(folder.Path("bin"));
        await WriteAsync("scripts/run", $"exec '{Repository.Root}/scripts/run' \"$@\"");
        await WriteAsync("scripts/actors", $"exec '{Repository.Root}/scripts/actors' \"$@\" --bootstrap 127.0.0.1:{kafkaPort} --http 127.0.0.1:{httpPort}");
        await WriteAsync("bin/apt-get", $"echo \"$@\" >> '{folder.Path("installed")}'");

        async Task WriteAsync(string file, string command)
        {
            await File.WriteAllTextAsync(folder.Path(file), $"#!/bin/sh\n{command}\n");
            File.SetUnixFileMode(folder.Path(file), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string FiveMinutes()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        return page.Split("\n## Five minutes\n")[1].Split("```sh\n")[1].Split("```")[0];
    }

    private static string Port() => LoopbackPort.Next().ToString(CultureInfo.InvariantCulture);

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
