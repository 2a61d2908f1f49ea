using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Actors.Harness;

namespace Actors.Architecture.Tests;

/// <summary>Arrows between the projects of src point down only.</summary>
public sealed class ArrowTests
{
    private const string Prefix = "Actors.";

    /// <summary>What each project may use, directly or through another, and nothing else: the house as the design draws it.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Runtime.Generator"] = [],
        ["Kafka.Generator"] = [],
        ["Runtime"] = [],
        ["Kafka"] = [],
        ["Log"] = [],
        ["Agents"] = [],
        ["Storage"] = [],
        ["Grains"] = ["Runtime", "Kafka", "Log", "Agents", "Storage"],
        ["Gateway"] = ["Runtime", "Kafka", "Log", "Agents", "Storage", "Grains"],
        ["Dashboard"] = ["Grains"],
        ["Silo"] = ["Runtime", "Kafka", "Log", "Agents", "Storage", "Grains", "Gateway", "Dashboard"],
        ["AgentLoad"] = ["Agents"],
        ["Cli"] = ["Kafka", "Agents", "AgentLoad"],
    };

    /// <summary>Source generators and who is compiled with them.</summary>
    private static readonly Dictionary<string, string[]> AllowedAnalyzers = new()
    {
        ["Runtime.Generator"] = ["Runtime", "Grains", "Gateway", "Dashboard", "Silo"],
        ["Kafka.Generator"] = ["Kafka"],
    };

    /// <summary>Projects without a test project of their own, and the one that tests them.</summary>
    private static readonly Dictionary<string, string> TestedElsewhere = new()
    {
        ["Runtime.Generator"] = "Runtime",
        ["Kafka.Generator"] = "Kafka",
    };

    [Fact]
    public void Every_project_of_src_is_drawn() =>
        Assert.Equal(Allowed.Keys.Order(), ProjectFile.Product.Select(project => project.Name).Order());

    [Fact]
    public void Arrows_point_down()
    {
        var upward = ProjectFile.Product.SelectMany(project =>
            project.Uses.Except(Allowed.GetValueOrDefault(project.Name, [])).Select(used => $"{project.Name} → {used}"));

        Assert.Empty(upward);
    }

    /// <summary>A project sees what its references refer to, so its project file does not tell what it uses; its assembly does.</summary>
    [Fact]
    public void Arrows_of_the_compiled_assemblies_point_down()
    {
        var undrawn = Allowed.Keys.Except(AllowedAnalyzers.Keys).SelectMany(project =>
            AssembliesUsedBy(project).Except(Allowed[project]).Select(used => $"{project} → {used}"));

        Assert.Empty(undrawn);
        Assert.Contains("Log", AssembliesUsedBy("Gateway")); // references are read at all, also those through another project
    }

    [Fact]
    public void Generators_are_used_by_the_compiler_only()
    {
        Assert.DoesNotContain(ProjectFile.Product, project => project.Uses.Intersect(AllowedAnalyzers.Keys).Any());
        Assert.Empty(ProjectFile.Product.SelectMany(project =>
            project.Analyzers.Where(analyzer => !AllowedAnalyzers[analyzer].Contains(project.Name)).Select(analyzer => $"{project.Name} → {analyzer}")));
    }

    [Fact]
    public void A_project_lies_in_the_folder_of_its_name() => Assert.All(
        ProjectFile.Product, project => Assert.Equal($"src/{project.Name}/{project.Name}.csproj", project.File));

    [Fact]
    public void Every_project_of_src_has_tests() => Assert.All(ProjectFile.Product, project =>
    {
        var name = TestedElsewhere.GetValueOrDefault(project.Name, project.Name);
        var tests = ProjectFile.All.SingleOrDefault(candidate => candidate.File == $"tests/{name}/{name}.Tests.csproj");
        Assert.True(tests is { IsTest: true }, $"tests/{name}/{name}.Tests.csproj, the tests of {project.Name}, is missing");
    });

    [Fact]
    public void Tests_are_used_by_nobody()
    {
        var tests = ProjectFile.All.Where(project => project.IsTest).Select(project => project.Name).ToHashSet();

        Assert.NotEmpty(tests);
        Assert.Empty(ProjectFile.All.SelectMany(project => project.Uses.Where(tests.Contains).Select(used => $"{project.Name} → {used}")));
    }

    [Fact]
    public void The_solution_has_every_project()
    {
        var solution = SourceTree.Read("Actors.sln").Replace('\\', '/');

        Assert.All(ProjectFile.All, project => Assert.Contains($"\"{project.File}\"", solution));
    }

    private static List<string> AssembliesUsedBy(string project)
    {
        using var file = new PEReader(File.OpenRead(Repository.Program(project)));
        var reader = file.GetMetadataReader();
        return
        [
            .. reader.AssemblyReferences
                .Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))
                .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
                .Select(name => name[Prefix.Length..]),
        ];
    }

    [Fact]
    public void Every_project_has_a_lock_file() => Assert.All(ProjectFile.All, project =>
        Assert.Contains($"{Path.GetDirectoryName(project.File)}/packages.lock.json", SourceTree.Files));
}
