using System.Collections.Immutable;
using Actors.Runtime.Generator;
using Actors.Runtime.Serialization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Actors.Runtime.Tests.Generation;

/// <summary>Runs the generator over a piece of source.</summary>
internal sealed class GeneratorRun
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll")
            .Append(typeof(WireSerializer).Assembly.Location)
            .Distinct()
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private GeneratorDriver _driver = CSharpGeneratorDriver.Create(
        [new GrainCodeGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    private CSharpCompilation _compilation;

    public GeneratorRun(string source, params MetadataReference[] more)
    {
        _compilation = CSharpCompilation.Create(
            "Sample",
            [Parse(source, "Sample.cs")],
            [.. References, .. more],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Run();
    }

    /// <summary>What the generator said, and errors of the code with what was generated.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; private set; }

    public Compilation Output { get; private set; } = null!;

    public IEnumerable<Diagnostic> CompileErrors => Output.GetDiagnostics().Where(static one => one.Severity == DiagnosticSeverity.Error);

    public GeneratorRunResult Result => _driver.GetRunResult().Results.Single();

    /// <summary>Assembles a library to be referenced.</summary>
    public static MetadataReference Library(string name, string source)
    {
        var library = CSharpCompilation.Create(name, [Parse(source, name + ".cs")], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var emitted = library.Emit(image);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    /// <summary>Adds a file and runs again, as an editor does.</summary>
    public void Add(string source)
    {
        _compilation = _compilation.AddSyntaxTrees(Parse(source, "More.cs"));
        Run();
    }

    /// <summary>Replaces the source and runs again.</summary>
    public void Replace(string source)
    {
        _compilation = _compilation.ReplaceSyntaxTree(_compilation.SyntaxTrees.First(), Parse(source, "Sample.cs"));
        Run();
    }

    private static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, ParseOptions, path);

    private void Run()
    {
        _driver = _driver.RunGeneratorsAndUpdateCompilation(_compilation, out var output, out var diagnostics);
        Output = output;
        Diagnostics = diagnostics;
    }
}
