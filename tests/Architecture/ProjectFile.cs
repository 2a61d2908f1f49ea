using System.Xml.Linq;

namespace Actors.Architecture.Tests;

/// <summary>What a project file says that matters to the arrows.</summary>
/// <param name="File">Path from the repository's root.</param>
internal sealed record ProjectFile(string File)
{
    private readonly XDocument _xml = XDocument.Parse(SourceTree.Read(File));

    /// <summary>Name of the project: its file without the ending.</summary>
    public string Name => Path.GetFileNameWithoutExtension(File);

    /// <summary>Names of the projects whose assemblies it uses.</summary>
    public IEnumerable<string> Uses => References.Where(reference => !IsAnalyzer(reference)).Select(NameOf);

    /// <summary>Names of the projects that only help the compiler.</summary>
    public IEnumerable<string> Analyzers => References.Where(IsAnalyzer).Select(NameOf);

    /// <summary>Whether it is built into test programs.</summary>
    public bool IsTest => _xml.Descendants("IsTestProject").Any(value => value.Value == "true");

    private IEnumerable<XElement> References => _xml.Descendants("ProjectReference");

    /// <summary>Every project of the repository.</summary>
    public static IReadOnlyList<ProjectFile> All { get; } = [.. SourceTree.With([".csproj"]).Select(file => new ProjectFile(file))];

    /// <summary>The projects below src.</summary>
    public static IEnumerable<ProjectFile> Product => All.Where(project => project.File.StartsWith("src/", StringComparison.Ordinal));

    private static bool IsAnalyzer(XElement reference) => (string?)reference.Attribute("OutputItemType") == "Analyzer";

    private static string NameOf(XElement reference) => Path.GetFileNameWithoutExtension(((string)reference.Attribute("Include")!).Replace('\\', '/'));
}
