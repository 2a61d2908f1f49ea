using System.Text.RegularExpressions;
using Actors.Harness;

namespace Actors.Silo.Tests.Deploy;

/// <summary>The image of deploy/Dockerfile is made of this repository, and is what deploy/k8s runs.</summary>
public sealed partial class ImageTests
{
    private static readonly string[] Lines = Joined().Replace(Read("deploy/Dockerfile"), " ").Split('\n');

    [Fact]
    public void The_flavour_of_the_runtime_is_an_argument()
    {
        Assert.Contains("ARG ACTOR_RUNTIME=House", Lines);
        var build = Lines.Single(static line => line.Contains("dotnet publish", StringComparison.Ordinal));
        Assert.Equal(2, Regex.Count(build, Regex.Escape("-p:ActorRuntime=$ACTOR_RUNTIME")));
        Assert.All(Flavour().Matches(Read("Directory.Build.targets")).Select(static match => match.Groups[1].Value), static flavour => Assert.Contains(flavour, (string[])["House", "Orleans"]));
    }

    [Fact]
    public void Everything_that_is_copied_exists_and_reaches_the_build()
    {
        var shown = Read("deploy/Dockerfile.dockerignore").Split('\n').Where(static line => line.StartsWith('!')).Select(static line => line[1..]).ToList();
        var copied = Lines.Where(static line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..^1]).ToList();
        Assert.Contains("src", copied);
        Assert.All(copied, file =>
        {
            Assert.True(Path.Exists(Path.Combine(Repository.Root, file)), file);
            Assert.Contains(shown, pattern => pattern == file || pattern.EndsWith('*') && file.StartsWith(pattern[..^1], StringComparison.Ordinal));
        });
        var needed = Directory.GetFiles(Repository.Root, "Directory.*").Select(Path.GetFileName).Append("global.json").Append("BannedSymbols.txt");
        Assert.All(needed, file => Assert.Contains(file!, copied));
    }

    [Fact]
    public void The_libraries_are_those_that_the_silo_loads()
    {
        var function = SiloLibraries().Match(Read("scripts/packages.sh")).Groups[1].Value;
        var needed = Required().Matches(function).SelectMany(static match => match.Groups[1].Value.Split(' ')).Order();
        var installed = Lines.Single(static line => line.Contains("apt-get install", StringComparison.Ordinal)).Split(' ').Where(static word => word.StartsWith("lib", StringComparison.Ordinal));
        Assert.Equal(needed, installed.Order());
    }

    [Fact]
    public async Task Ports_user_and_program_are_those_of_the_pod()
    {
        var manifests = await Manifests.ReadAsync();
        Assert.Equal(manifests.Ports.Values.Order(), Lines.Single(static line => line.StartsWith("EXPOSE ", StringComparison.Ordinal)).Split(' ')[1..].Select(int.Parse).Order());
        Assert.Contains("USER $APP_UID", Lines); // 1654 in Microsoft's images
        Assert.Equal(1654, (int?)manifests.Pod["securityContext"]!["runAsUser"]);
        Assert.Contains($"ENTRYPOINT [\"dotnet\", \"{Path.GetFileName(Repository.Program("Silo"))}\"]", Lines);
        Assert.Equal("actors:0.1.0", (string?)manifests.Container["image"]);
        Assert.Contains("<VersionPrefix>0.1.0</VersionPrefix>", Read("Directory.Build.props"));
        Assert.Null(manifests.Container["command"]);
        Assert.Null(manifests.Container["args"]);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex("\\\\\\n\\s*")]
    private static partial Regex Joined();

    [GeneratedRegex(@"'\$\(ActorRuntime\)' == '(\w+)'")]
    private static partial Regex Flavour();

    [GeneratedRegex(@"require_silo_libraries\(\) \{(.*?)\n\}", RegexOptions.Singleline)]
    private static partial Regex SiloLibraries();

    [GeneratedRegex(@"require_packages ((?:[a-z0-9-]+ ?)+?)(?= \||\n|$)")]
    private static partial Regex Required();
}
