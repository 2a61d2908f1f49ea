using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Actors.Harness;

namespace Actors.Architecture.Tests;

/// <summary>
/// The two flavours of the actor runtime, as MSBuild sees them: with ActorRuntime=Orleans nothing that runs references
/// src/Runtime, and Microsoft's packages are there instead.
/// </summary>
public sealed class FlavourTests
{
    private const string OrleansVersion = "10.4.2";

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    private static readonly ConcurrentDictionary<(string Project, string Flavour), Task<Evaluation>> Evaluations = new();

    /// <summary>Projects that both flavours build. tests/Runtime tests src/Runtime itself and is no part of the other flavour.</summary>
    private static readonly string[] Shared =
    [
        "src/Grains", "src/Gateway", "src/Dashboard", "src/Silo", "bench", "tests/Grains", "tests/Gateway", "tests/Silo", "tests/Harness", "tests/Member",
    ];

    [Fact]
    public async Task The_Orleans_flavour_leaves_the_house_runtime_out()
    {
        foreach (var project in await ClosureAsync("Orleans"))
        {
            Assert.False(
                project.EndsWith("/Runtime.csproj", StringComparison.Ordinal) || project.EndsWith("/Runtime.Generator.csproj", StringComparison.Ordinal),
                $"{project} is part of the Orleans flavour");
        }
    }

    [Fact]
    public async Task The_Orleans_flavour_has_Microsofts_packages()
    {
        await AssertPackages("src/Grains", "Microsoft.Orleans.Sdk", "Microsoft.Orleans.Server");
        await AssertPackages("src/Silo", "Microsoft.Orleans.Persistence.AdoNet", "Microsoft.Orleans.Clustering.AdoNet");
        await AssertPackages("tests/Grains", "Microsoft.Orleans.TestingHost");

        static async Task AssertPackages(string project, params string[] packages)
        {
            var evaluation = await EvaluateAsync(project, "Orleans");
            foreach (var package in packages)
            {
                Assert.Contains(package, evaluation.Packages);
                Assert.Equal(OrleansVersion, evaluation.Versions[package]);
            }
        }
    }

    [Fact]
    public async Task The_house_flavour_has_the_house_runtime_and_no_Orleans_package()
    {
        var closure = await ClosureAsync("House");
        Assert.Contains(closure, static project => project.EndsWith("src/Runtime/Runtime.csproj", StringComparison.Ordinal));
        foreach (var project in Shared)
        {
            Assert.DoesNotContain((await EvaluateAsync(project, "House")).Packages, static package => package.StartsWith("Microsoft.Orleans", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_flavours_share_no_output_and_no_lock_file()
    {
        var house = await EvaluateAsync("src/Grains", "House");
        var orleans = await EvaluateAsync("src/Grains", "Orleans");
        Assert.NotEqual(house.Properties["ArtifactsPath"], orleans.Properties["ArtifactsPath"]);
        Assert.NotEqual(house.Properties["BaseIntermediateOutputPath"], orleans.Properties["BaseIntermediateOutputPath"]);
        Assert.EndsWith("packages.orleans.lock.json", orleans.Properties["NuGetLockFilePath"], StringComparison.Ordinal);
        Assert.Equal("", house.Properties["NuGetLockFilePath"]);
    }

    [Fact]
    public async Task Code_of_one_flavour_is_compiled_in_that_flavour_only()
    {
        var house = await EvaluateAsync("tests/Grains", "House");
        var orleans = await EvaluateAsync("tests/Grains", "Orleans");
        Assert.Contains("House/EveryMessageTests.cs", house.Sources);
        Assert.DoesNotContain(orleans.Sources, static source => source.StartsWith("House/", StringComparison.Ordinal) || source.Contains("/Runtime/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_both_flavours_compile_does_not_mention_the_house_runtime()
    {
        foreach (var project in Shared)
        {
            foreach (var source in (await EvaluateAsync(project, "Orleans")).Sources)
            {
                var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, project, source));
                Assert.False(
                    text.Contains("Actors.Runtime", StringComparison.Ordinal),
                    $"{project}/{source} mentions Actors.Runtime, which the Orleans flavour does not have: move that to a folder named House");
            }
        }
    }

    /// <summary>The one name of ours that Orleans has too and src/Runtime has not: only the other flavour would call it ambiguous.</summary>
    [Fact]
    public async Task A_file_that_imports_Orleans_says_whose_ErrorCode_it_means()
    {
        foreach (var project in Shared)
        {
            foreach (var source in (await EvaluateAsync(project, "Orleans")).Sources)
            {
                var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, project, source));
                var isAmbiguous = text.Contains("using Orleans;\n", StringComparison.Ordinal)
                    && text.Contains("using Actors.Kafka;\n", StringComparison.Ordinal)
                    && Regex.IsMatch(text, @"\bErrorCode\b")
                    && !text.Contains("using ErrorCode = Actors.Kafka.ErrorCode;", StringComparison.Ordinal);
                Assert.False(isAmbiguous, $"{project}/{source}: in the Orleans flavour ErrorCode may be Kafka's or Orleans': add using ErrorCode = Actors.Kafka.ErrorCode;");
            }
        }
    }

    /// <summary>
    /// Orleans' packages bring global usings (Microsoft.Orleans.Core.Abstractions and .Sdk, build/*.targets). With them a name that both
    /// have, such as ErrorCode, would mean two things in the Orleans flavour alone.
    /// </summary>
    [Fact]
    public async Task What_Orleans_packages_add_to_every_file_is_taken_out_again()
    {
        using var folder = new TemporaryDirectory();
        var packages = folder.Path("packages.targets");
        await File.WriteAllTextAsync(packages, "<Project><ItemGroup><Using Include=\"Orleans;Orleans.Runtime;Orleans.Hosting;Of.Another\" /></ItemGroup></Project>");
        var (exitCode, output) = await MsBuildAsync("src/Grains", "-p:ActorRuntime=Orleans", $"-p:CustomBeforeDirectoryBuildTargets={packages}", "-getItem:Using");
        Assert.True(exitCode == 0, output);
        var usings = JsonDocument.Parse(output).RootElement.GetProperty("Items").GetProperty("Using").EnumerateArray().Select(static item => item.GetProperty("Identity").GetString()!).ToList();
        Assert.Contains("Of.Another", usings);
        Assert.DoesNotContain(usings, static name => name.StartsWith("Orleans", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_flavour_is_refused_in_a_sentence()
    {
        var (exitCode, output) = await MsBuildAsync("src/Log", "-t:CheckActorRuntime", "-p:ActorRuntime=Akka");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("ActorRuntime is 'Akka'; it is House", output, StringComparison.Ordinal);
    }

    /// <summary>All projects that the shared ones reference, directly or not, as full paths.</summary>
    private static async Task<HashSet<string>> ClosureAsync(string flavour)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var waiting = new Queue<string>(Shared);
        while (waiting.TryDequeue(out var project))
        {
            foreach (var reference in (await EvaluateAsync(project, flavour)).Projects.Where(seen.Add))
            {
                waiting.Enqueue(Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(reference)!));
            }
        }

        return seen;
    }

    private static Task<Evaluation> EvaluateAsync(string project, string flavour) =>
        Evaluations.GetOrAdd((project, flavour), static async key =>
        {
            var (exitCode, output) = await MsBuildAsync(
                key.Project,
                $"-p:ActorRuntime={key.Flavour}",
                "-getItem:PackageReference,PackageVersion,ProjectReference,Compile",
                "-getProperty:ArtifactsPath,BaseIntermediateOutputPath,NuGetLockFilePath");
            Assert.True(exitCode == 0, $"{key.Project} ({key.Flavour}) does not evaluate:\n{output}");
            return new Evaluation(JsonDocument.Parse(output).RootElement);
        });

    private static async Task<(int ExitCode, string Output)> MsBuildAsync(string project, params string[] arguments)
    {
        var file = Directory.GetFiles(Path.Combine(Repository.Root, project), "*.csproj").Single();
        var start = new ProcessStartInfo("dotnet", ["msbuild", file, "-nologo", .. arguments]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        using var guard = new CancellationTokenSource(Guard);
        var output = await process.StandardOutput.ReadToEndAsync(guard.Token);
        await process.WaitForExitAsync(guard.Token);
        return (process.ExitCode, output);
    }

    /// <summary>What MSBuild says of a project.</summary>
    private sealed class Evaluation(JsonElement root)
    {
        public IReadOnlyList<string> Packages { get; } = Items(root, "PackageReference", "Identity");

        public Dictionary<string, string> Versions { get; } =
            root.GetProperty("Items").GetProperty("PackageVersion").EnumerateArray()
                .ToDictionary(static item => item.GetProperty("Identity").GetString()!, static item => item.GetProperty("Version").GetString()!);

        public IReadOnlyList<string> Projects { get; } = Items(root, "ProjectReference", "FullPath");

        public IReadOnlyList<string> Sources { get; } = Items(root, "Compile", "Identity");

        public Dictionary<string, string> Properties { get; } =
            root.GetProperty(nameof(Properties)).EnumerateObject().ToDictionary(static one => one.Name, static one => one.Value.GetString()!);

        private static List<string> Items(JsonElement root, string kind, string fact) =>
            [.. root.GetProperty("Items").GetProperty(kind).EnumerateArray().Select(item => item.GetProperty(fact).GetString()!.Replace('\\', '/'))];
    }
}
