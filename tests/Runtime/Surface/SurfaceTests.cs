using System.Reflection;
using Actors.Runtime.Serialization;

namespace Actors.Runtime.Tests.Surface;

/// <summary>
/// What src/Runtime declares in Orleans' namespaces is a part of Orleans' own API, word for word, so that grains build on either.
/// The metadata of Orleans' assemblies decides where they can be downloaded, its API listing elsewhere.
/// </summary>
public sealed class SurfaceTests
{
    private static readonly string[] Packages =
        ["Microsoft.Orleans.Core.Abstractions", "Microsoft.Orleans.TestingHost", "Microsoft.Orleans.Persistence.AdoNet", "Microsoft.Orleans.Clustering.AdoNet"];

    /// <summary>Types of an assembly that cannot be downloaded and that the listing leaves out, by a public type that implements them.</summary>
    private static readonly Dictionary<string, string> Implementers = new(StringComparer.Ordinal)
    {
        ["Orleans.Serialization.Invocation.IInvokable"] = "Orleans.Runtime.RequestBase",
    };

    /// <summary>A type of such an assembly that no public type implements member by member: what Orleans' assemblies call on it.</summary>
    private static readonly string[] KnownByCalls = ["Orleans.Serialization.Invocation.ITargetHolder"];

    /// <summary>Where the listing, which is newer, or leaves something out, differs from the assemblies of <c>OrleansVersion</c>; those decide.</summary>
    private static readonly string[] KnownDifferences =
    [
        "Orleans.Placement.ImmovableAttribute: ImmovableAttribute(ImmovableKind kind = Any)",
        "Orleans.Runtime.SiloAddress: uint[] GetUniformHashCodes(int numHashes)",
        "Orleans.Runtime.PlacementStrategy: ours lacks [SerializerTransparent]",
    ];

    /// <summary>Where ours differs on purpose.</summary>
    private static readonly string[] Deviations =
    [
        "Orleans.GrainState`1: ours lacks [GenerateSerializer]", // state is stored by the codec of its own type; generic types have no generated codec
        "Orleans.TableVersion: ours lacks [GenerateSerializer] (it has Immutable)", // what a table was read as stays in the silo that has read it
        "Orleans.MembershipTableData: ours lacks [GenerateSerializer]",
        "Orleans.Runtime.ClusterMembershipSnapshot: ours lacks [GenerateSerializer] (it has Immutable)", // silos tell each other their own views
    ];

    private static readonly Lazy<IReadOnlyList<SurfaceType>> Ours = new(static () => MetadataSurface.Read(typeof(WireSerializer).Assembly.Location, IsOrleans));

    private static readonly Lazy<IReadOnlyDictionary<string, SurfaceType>> Downloaded = new(ReadPackages);

    private static readonly Lazy<HashSet<string>> Calls = new(static () => [.. PackageFiles().SelectMany(MetadataSurface.ReadCalls)]);

    [Fact]
    public void Every_type_and_member_is_Orleans_own()
    {
        if (Downloaded.Value.Count == 0)
        {
            TestContext.Current.AddWarning($"Orleans' packages ({string.Join(", ", Packages)}) were not downloaded (OrleansMetadata=false): compared with the API listing alone.");
        }

        var differences = new List<string>();
        foreach (var ours in Ours.Value)
        {
            if (Theirs(ours.Name) is { } theirs)
            {
                differences.AddRange(SurfaceComparison.Differences(ours, theirs));
            }
            else if (Implementers.TryGetValue(ours.Name, out var implementer) && Theirs(implementer) is { } other)
            {
                differences.AddRange(SurfaceComparison.Differences(WithoutNull(ours), AsInterface(ours.Name, other)));
            }
            else if (KnownByCalls.Contains(ours.Name) && Calls.Value.Count > 0)
            {
                differences.AddRange(ours.Members.Where(member => !Calls.Value.Contains($"{ours.Name}.{CallOf(member)}")).Select(member => $"{ours.Name}: Orleans' assemblies never call {member}"));
            }
            else if (!KnownByCalls.Contains(ours.Name))
            {
                differences.Add($"{ours.Name}: neither Orleans' assemblies nor orleans-surface.txt have such a type (tests/Runtime/Surface/make_surface.py adds it if the listing has it)");
            }
        }

        differences.RemoveAll(Deviations.Contains);
        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences)}");
        Assert.NotEmpty(Ours.Value);
    }

    [Fact]
    public void The_listing_and_the_assemblies_say_the_same()
    {
        var both = Downloaded.Value.Values.Where(static type => ListedSurface.Types.ContainsKey(type.Name)).ToList();
        if (Downloaded.Value.Count == 0)
        {
            TestContext.Current.AddWarning("Orleans' packages were not downloaded: nothing to compare the listing with.");
            return;
        }

        var differences = both.SelectMany(static type => SurfaceComparison.Differences(ListedSurface.Types[type.Name], type))
            .Where(static difference => !KnownDifferences.Contains(difference.Split('\n')[0])).ToList();
        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences)}");
        Assert.True(both.Count > 50, $"only {both.Count} types are in both");
    }

    [Fact]
    public void A_deviation_is_seen()
    {
        var theirs = new SurfaceType("Orleans.X", "sealed class", ["GenerateSerializer"], ["Y"], ["int A(string? text, object~ any = null)", "X()"]);
        Assert.Empty(SurfaceComparison.Differences(theirs with { Members = ["int A(string? text, object? any = null)"] }, theirs));
        Assert.Empty(SurfaceComparison.Differences(theirs with { Bases = [], Members = ["override string ToString()", "X()"] }, theirs));
        foreach (var ours in new[]
                 {
                     theirs with { Kind = "class" }, theirs with { Attributes = [] }, theirs with { Attributes = ["GenerateSerializer", "Immutable"] }, theirs with { Bases = ["Z"] },
                     theirs with { Members = ["int A(string text, object any = null)"] }, theirs with { Members = ["int A(string? words, object any = null)"] },
                     theirs with { Members = ["int A(string? text, object any)"] }, theirs with { Members = ["int B()"] }, theirs with { Members = ["X(int a)"] },
                 })
        {
            Assert.Single(SurfaceComparison.Differences(ours, theirs));
        }
    }

    private static bool IsOrleans(string space) => space == "Orleans" || space.StartsWith("Orleans.", StringComparison.Ordinal) || space.StartsWith("Microsoft.", StringComparison.Ordinal);

    private static SurfaceType? Theirs(string name) =>
        Downloaded.Value.TryGetValue(name, out var type) || ListedSurface.Types.TryGetValue(name, out type) ? type : null;

    /// <summary>What an interface must look like, since another type implements it with these members. What it says of null is not known.</summary>
    private static SurfaceType AsInterface(string name, SurfaceType implementer) => WithoutNull(new SurfaceType(
        name,
        "interface",
        [],
        implementer.Bases,
        [.. implementer.Members.Select(static member => member.Replace("abstract ", "", StringComparison.Ordinal).Replace("virtual ", "", StringComparison.Ordinal))]));

    private static SurfaceType WithoutNull(SurfaceType type) => type with { Members = [.. type.Members.Select(static member => member.Replace("?", "", StringComparison.Ordinal).Replace("~", "", StringComparison.Ordinal))] };

    /// <summary>Name and number of parameters of a method without generic parameter types.</summary>
    private static string CallOf(string member)
    {
        var (head, parameters) = member.Split(['(', ')'], 3) is [var before, var within, ..] ? (before, within) : (member, "");
        var name = head[(head.LastIndexOf(' ') + 1)..].Split('<')[0];
        return $"{name}/{(parameters.Length == 0 ? 0 : parameters.Count(static character => character == ',') + 1)}";
    }

    private static Dictionary<string, SurfaceType> ReadPackages() =>
        PackageFiles().SelectMany(static path => MetadataSurface.Read(path, IsOrleans)).GroupBy(static type => type.Name).ToDictionary(static group => group.Key, static group => group.First());

    private static IEnumerable<string> PackageFiles()
    {
        var facts = typeof(SurfaceTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().ToDictionary(static one => one.Key, static one => one.Value);
        if (facts["OrleansMetadata"] != "true")
        {
            yield break;
        }

        foreach (var package in Packages)
        {
            var path = Path.Combine(
                facts["PackageRoot"]!, package.ToLowerInvariant(), facts["OrleansVersion"]!, "lib", "net10.0", package["Microsoft.".Length..] + ".dll");
            Assert.True(File.Exists(path), $"{package} {facts["OrleansVersion"]} is not in the package folder. Restore this project from a feed that has it, or build it with -p:OrleansMetadata=false to compare with the API listing alone.");
            yield return path;
        }
    }
}
