using System.Text.RegularExpressions;
using Actors.Harness;

namespace Actors.Architecture.Tests;

/// <summary>What no file of the repository may hold.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed partial class TextTests
{
    private const int MaxLines = 600;

    private static readonly string[] Code = [".cs", ".razor"];

    /// <summary>This file names what it looks for.</summary>
    private const string Self = "tests/Architecture/TextTests.cs";

    [Fact]
    public void Files_stay_small()
    {
        var tooLong = SourceTree.With([.. Code, ".sh", ".py", ".mjs"])
            .Select(file => (File: file, Lines: File.ReadLines(SourceTree.FullName(file)).Count()))
            .Where(file => file.Lines > MaxLines)
            .Select(file => $"{file.File} has {file.Lines} lines; at most {MaxLines} are allowed");

        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_path_of_a_machine_is_written_down() => AssertNowhere(MachinePath(), SourceTree.Files);

    [Fact]
    public void No_package_feed_is_written_down()
    {
        AssertNowhere(Feed(), SourceTree.Files);
        Assert.DoesNotContain(SourceTree.Files, file => Path.GetFileName(file).Equals("nuget.config", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Nothing_is_left_undone() => AssertNowhere(Unfinished(), SourceTree.With([.. Code, ".mjs", ".py"]));

    [Fact]
    public void The_product_takes_time_randomness_and_queues_from_outside() => AssertNowhere(Banned(), SourceTree.With(Code, "src"));

    [Fact]
    public void A_task_is_asked_for_its_result_only_when_it_has_one()
    {
        var blocking =
            from file in SourceTree.With(Code, "src")
            let lines = File.ReadAllLines(SourceTree.FullName(file))
            from index in Enumerable.Range(0, lines.Length)
            where Blocking().IsMatch(lines[index]) && !lines[Math.Max(0, index - 6)..(index + 1)].Any(line => line.Contains("IsCompleted", StringComparison.Ordinal))
            select $"{file}:{index + 1}: {lines[index].Trim()}";

        Assert.Empty(blocking);
    }

    [Fact]
    public void Tests_wait_for_events_and_do_not_sleep() => AssertNowhere(Sleep(), SourceTree.With(Code, "tests"));

    [Fact]
    public void Every_test_file_asserts_something()
    {
        var silent = SourceTree.With(["Tests.cs"], "tests")
            .Where(file => Test().IsMatch(SourceTree.Read(file)) && !Asserts().IsMatch(SourceTree.Read(file)));

        Assert.Empty(silent);
    }

    [Fact]
    public void Scripts_can_be_run()
    {
        string[] scripts = [".ci/run", .. SourceTree.Files.Where(file => file.StartsWith("scripts/", StringComparison.Ordinal) && !file.Contains('.', StringComparison.Ordinal))];

        Assert.All(scripts, script =>
        {
            Assert.StartsWith("#!/", SourceTree.Read(script));
            Assert.True(File.GetUnixFileMode(SourceTree.FullName(script)).HasFlag(UnixFileMode.UserExecute), $"{script} cannot be run");
        });
        Assert.All((string[])[".ci/run", "scripts/run", "scripts/test", "scripts/bench"], script => Assert.Contains(script, scripts));
        Assert.Contains("scripts/test", SourceTree.Read(".ci/run"));
    }

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        var dead =
            from page in SourceTree.With([".md"])
            from Match link in Link().Matches(CodeBlock().Replace(SourceTree.Read(page), ""))
            let target = link.Groups[1].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
            where !Exists(page, target)
            select $"{page} → {target}";

        Assert.Empty(dead);
    }

    [Fact]
    public void The_SDK_is_pinned() => Assert.Contains("\"version\": \"10.", SourceTree.Read("global.json"));

    private static bool Exists(string page, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0
            ? SourceTree.FullName(page)
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(SourceTree.FullName(page))!, parts[0]));
        if (!path.StartsWith(Repository.Root, StringComparison.Ordinal)) return false;
        if (Directory.Exists(path)) return true;
        if (!File.Exists(path)) return false;
        return parts.Length == 1 || !path.EndsWith(".md", StringComparison.Ordinal) || Anchors(path).Contains(parts[1]);
    }

    // As the usual viewers make them: lower case, spaces to dashes, other signs dropped.
    private static IEnumerable<string> Anchors(string path) =>
        from line in File.ReadLines(path)
        where line.StartsWith('#')
        let heading = line.TrimStart('#').Trim().ToLowerInvariant()
        select string.Concat(heading.Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-');

    private static void AssertNowhere(Regex pattern, IEnumerable<string> files)
    {
        var found =
            from file in files
            where file != Self && SourceTree.IsText(file)
            from line in File.ReadLines(SourceTree.FullName(file)).Select((text, index) => (Text: text, Number: index + 1))
            where pattern.IsMatch(line.Text)
            select $"{file}:{line.Number}: {line.Text.Trim()}";

        Assert.Empty(found);
    }

    [GeneratedRegex("(^|[^A-Za-z0-9._/{}$-])/(work|farm|home|Users|tmp/wt|tmp/bash_jobs)/")]
    private static partial Regex MachinePath();

    [GeneratedRegex("\"resolved\": *\"https?://|packageSources|<add key=\"[^\"]*\" value=\"https?://")]
    private static partial Regex Feed();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException|Skip *= *""|Assert\.True\(true\)")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"Thread\.Sleep|Task\.Delay\([^,)]*\)|DateTime(Offset)?\.(Utc)?Now|Guid\.NewGuid|Random\.Shared|CreateUnbounded|async void")]
    private static partial Regex Banned();

    [GeneratedRegex(@"([Tt]ask|Async\(.*\))\.(Result\b|Wait\(\))")]
    private static partial Regex Blocking();

    [GeneratedRegex(@"Thread\.Sleep|await Task\.Delay\([^,()]*\)")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\[(Fact|Theory)")]
    private static partial Regex Test();

    [GeneratedRegex(@"Assert|\b(Prop|Check)\b")]
    private static partial Regex Asserts();

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
