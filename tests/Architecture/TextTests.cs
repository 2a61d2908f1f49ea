using System.Text.RegularExpressions;
using Actors.Harness;

namespace Actors.Architecture.Tests;

/// <summary>What no file of the repository may hold.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed partial class TextTests
{
    private const int MaxLines = 600;

    private static readonly string[] Code = [".cs", ".razor"];

    /// <summary>They answer late, and no test waits for that: a broker's long poll, and a store on whose way writes are held up.</summary>
    private static readonly string[] LateAnswers = ["tests/Cli/Fakes/FakeCluster.cs", "tests/Runtime/Clusters/Stress/LedgerStorage.cs"];

    /// <summary>A grain whose turns come without end, for a test of what runs between them.</summary>
    private const string SpinningGrain = "tests/Runtime/Scheduling/ContextGrain.cs";

    /// <summary>Each round does the work of the store's threads.</summary>
    private const string PumpingTest = "tests/Log/Store/WaitForRoomTests.cs";

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

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("bench")]
    public void Nothing_blocks_a_thread_but_where_there_is_a_reason(string folder)
    {
        var found = Find(Blocking(), SourceTree.With(Code, folder)).ToList();
        var allowed = BlockingPlaces.All.Where(place => place.File.StartsWith(folder + "/", StringComparison.Ordinal)).ToList();

        Assert.Empty(found.Where(place => !allowed.Exists(known => known.File == place.File)).Select(place => place.ToString()));
        Assert.Empty(allowed.Where(known => !found.Exists(place => place.File == known.File)).Select(known => $"{known.File} no longer blocks: take it off the list"));
    }

    [Fact]
    public void Tests_wait_for_events_and_do_not_sleep() =>
        Assert.Empty(Find(Sleep(), SourceTree.With(Code, "tests")).Where(place => !LateAnswers.Contains(place.File)).Select(place => place.ToString()));

    /// <summary>What a loop of yields waits for costs a whole processor; a poll has pauses (TestGuard, Guard).</summary>
    [Fact]
    public void Tests_do_not_spin()
    {
        var spinning =
            from file in SourceTree.With([".cs"], "tests")
            where file is not (Self or SpinningGrain or PumpingTest)
            from Match loop in SpinLoop().Matches(SourceTree.Read(file))
            select $"{file}: {loop.Value.Split('\n')[0]}";

        Assert.Empty(spinning);
    }

    [Theory]
    [InlineData("Thread.Sleep(1);")]
    [InlineData("task.Wait();")]
    [InlineData("task.Wait(Guard);")]
    [InlineData("var value = ReadAsync().Result;")]
    [InlineData("var value = pending.Result.Error;")]
    [InlineData("ReadAsync().GetAwaiter().GetResult();")]
    [InlineData("ReadAsync().ConfigureAwait(false).GetAwaiter().GetResult();")]
    [InlineData("Task.WaitAll(tasks);")]
    [InlineData("SpinWait.SpinUntil(() => done);")]
    [InlineData("new SpinWait().SpinOnce();")]
    [InlineData("handle.WaitOne();")]
    public void A_blocking_wait_is_recognised(string line) => Assert.Matches(Blocking(), line);

    [Theory]
    [InlineData("await task.WaitAsync(Guard);")]
    [InlineData("await store.WaitForRoomAsync(token);")]
    [InlineData("context.Result = 1;")]
    [InlineData("outcome.Results[0]")]
    public void An_awaited_wait_is_none(string line) => Assert.DoesNotMatch(Blocking(), line);

    [Theory]
    [InlineData("await Task.Delay(5, guard.Token);", true)]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1));", true)]
    [InlineData("await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, token);", true)]
    [InlineData("await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);", false)]
    [InlineData("Thread.Sleep(1);", true)]
    public void A_sleep_is_recognised(string line, bool isSleep) => Assert.Equal(isSleep, Sleep().IsMatch(line));

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

    private static void AssertNowhere(Regex pattern, IEnumerable<string> files) => Assert.Empty(Find(pattern, files).Select(place => place.ToString()));

    private static IEnumerable<Place> Find(Regex pattern, IEnumerable<string> files) =>
        from file in files
        where file != Self && SourceTree.IsText(file)
        from line in File.ReadLines(SourceTree.FullName(file)).Select((text, index) => new Place(file, index + 1, text.Trim()))
        where pattern.IsMatch(line.Text)
        select line;

    private sealed record Place(string File, int Line, string Text)
    {
        public override string ToString() => $"{File}:{Line}: {Text}";
    }

    [GeneratedRegex("(^|[^A-Za-z0-9._/{}$-])/(work|farm|home|Users|tmp/wt|tmp/bash_jobs)/")]
    private static partial Regex MachinePath();

    [GeneratedRegex("\"resolved\": *\"https?://|packageSources|<add key=\"[^\"]*\" value=\"https?://")]
    private static partial Regex Feed();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException|Skip *= *""|Assert\.True\(true\)")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"Thread\.Sleep|Task\.Delay\((?!.*\b(_?[tT]ime|TimeProvider\.System), )|DateTime(Offset)?\.(Utc)?Now|Guid\.NewGuid|Random\.Shared|CreateUnbounded|async void")]
    private static partial Regex Banned();

    // Names before .Result that are no tasks: call filters' contexts, compiler runs, a generator's method.
    [GeneratedRegex(@"Thread\.Sleep|\bSpinWait\b|\.Wait\((?!"")|\.Wait(One|All|Any)\(|(?<!\b(context|run|method))\.Result\b|\.GetAwaiter\(\)\.GetResult\(\)")]
    private static partial Regex Blocking();

    [GeneratedRegex(@"Thread\.Sleep|Task\.Delay\((?!Timeout\.Infinite)")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\bwhile \([^{}]*\{[^{}]*await Task\.Yield\(\);\s*\}")]
    private static partial Regex SpinLoop();

    [GeneratedRegex(@"\[(Fact|Theory)")]
    private static partial Regex Test();

    [GeneratedRegex(@"Assert|\b(Prop|Check)\b")]
    private static partial Regex Asserts();

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();
}
