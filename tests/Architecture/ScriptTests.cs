using System.Text.RegularExpressions;
using Actors.Harness;

namespace Actors.Architecture.Tests;

/// <summary>What the scripts say to a newcomer.</summary>
public sealed partial class ScriptTests
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private static string SdkVersion => Version().Match(SourceTree.Read("global.json")).Groups[1].Value;

    [Theory]
    [InlineData("run")]
    [InlineData("bench")]
    [InlineData("test")]
    public async Task Without_the_SDK_a_sentence_names_the_one_that_is_needed(string script)
    {
        var ending = await BashAsync($"dotnet() {{ return 127; }}; export -f dotnet; scripts/{script}");

        Assert.Equal(1, ending.ExitCode);
        Assert.Contains($"The .NET SDK {SdkVersion} or a later 10.0 one is needed; this machine has none", ending.Error);
        if (script == "test") Assert.EndsWith("\n0 passed, 1 failed\n", ending.Output);
    }

    [Fact]
    public async Task The_tests_explain_themselves_and_refuse_what_they_do_not_know()
    {
        var help = (await BashAsync("scripts/test --help")).OutputOfSuccess();
        Assert.StartsWith("Runs all tests: scripts/test [--long] [--orleans] [PROJECT …]\n", help);
        Assert.Contains("The projects: AgentLoad Agents Architecture Cli ", help);

        (string, string)[] mistakes = [("--quick", "unknown option --quick"), ("Nothing", "there is no tests/Nothing"), ("--orleans Log", "tests/Log has no Orleans flavour")];
        foreach (var (words, sentence) in mistakes)
        {
            var refused = await BashAsync($"scripts/test {words}");
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains(sentence, refused.Error);
        }
    }

    /// <summary>What a package feed lacks is no failure, and no success either.</summary>
    [Fact]
    public async Task Without_Orleans_packages_its_suites_are_not_run_and_a_sentence_says_so()
    {
        var ending = await BashAsync("dotnet() { [ \"$1\" != restore ] && command dotnet \"$@\"; }; export -f dotnet; scripts/test --orleans Grains");

        Assert.Equal(3, ending.ExitCode);
        Assert.Contains("Orleans' packages do not restore from this machine's package feed, so nothing was run.", ending.Error);
        Assert.DoesNotContain(" passed, ", ending.Output);
    }

    [Fact]
    public void The_README_names_the_SDK_that_is_pinned() => Assert.Contains($" {SdkVersion} or a later 10.0 one", SourceTree.Read("README.md"));

    private static Task<ForeignProgram.Ending> BashAsync(string command) =>
        ForeignProgram.RunAsync("bash", ["-c", $"cd '{Repository.Root}' && {command}"], "", Guard);

    [GeneratedRegex("\"version\": *\"([^\"]+)\"")]
    private static partial Regex Version();
}
