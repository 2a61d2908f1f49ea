using System.Collections.Immutable;
using Actors.Runtime.Generator.Analysis;
using Actors.Runtime.Generator.Emission;
using Actors.Runtime.Generator.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Actors.Runtime.Generator;

/// <summary>
/// Makes the code that grains need at run time: a reference per grain interface, a request per method, a codec per type with
/// [GenerateSerializer], and a class that registers them. What cannot cross a grain call is a compile error.
/// </summary>
/// <remarks>Every step passes models that are equal by value and hold no symbols, so an edit elsewhere regenerates nothing.</remarks>
[Generator(LanguageNames.CSharp)]
public sealed class GrainCodeGenerator : IIncrementalGenerator
{
    /// <summary>The names of the steps, by which a test sees that they were cached.</summary>
    public const string TypesStep = "SerializableTypes", InterfacesStep = "GrainInterfaces", ClassesStep = "GrainClasses";

    private const string RuntimeAssembly = "Actors.Runtime";

    /// <inheritdoc />
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var assembly = context.CompilationProvider.Select(static (compilation, _) => ToAssembly(compilation));

        var types = context.SyntaxProvider
            .ForAttributeWithMetadataName(Names.GenerateSerializer, static (_, _) => true, SerializableAnalyzer.Analyze)
            .WithTrackingName(TypesStep);
        var interfaces = context.SyntaxProvider
            .CreateSyntaxProvider(static (node, _) => node is InterfaceDeclarationSyntax, InterfaceAnalyzer.Analyze)
            .Where(static found => found is not null)
            .Select(static (found, _) => found!)
            .WithTrackingName(InterfacesStep);
        var classes = context.SyntaxProvider
            .CreateSyntaxProvider(static (node, _) => node is ClassDeclarationSyntax, GrainClassAnalyzer.Analyze)
            .Where(static found => found is not null)
            .Select(static (found, _) => found!)
            .WithTrackingName(ClassesStep);

        Report(context, types);
        Report(context, interfaces);
        Report(context, classes);

        var typeModels = Models(types);
        var interfaceModels = Models(interfaces);
        var classModels = Models(classes);
        context.RegisterSourceOutput(typeModels.Where(static model => !model.IsEnum).Combine(assembly), static (output, pair) =>
            output.AddSource($"{pair.Left.CodecName}.g.cs", CodecEmitter.Emit(pair.Left, pair.Right)));
        context.RegisterSourceOutput(interfaceModels.Combine(assembly), static (output, pair) =>
            output.AddSource($"Reference_{pair.Left.MangledName}.g.cs", InterfaceEmitter.Emit(pair.Left, pair.Right)));

        var everything = typeModels.Collect().Combine(interfaceModels.Collect()).Combine(classModels.Collect()).Combine(assembly);
        context.RegisterSourceOutput(everything, static (output, all) =>
        {
            var (((types, interfaces), classes), assembly) = all;
            if (types.Length + interfaces.Length + classes.Length > 0)
            {
                output.AddSource("GeneratedGrainCode.g.cs", ManifestEmitter.Emit(assembly, Unique(types), Unique(interfaces), Unique(classes)));
            }
        });
    }

    private static AssemblyModel ToAssembly(Compilation compilation)
    {
        var own = compilation.Assembly;
        var sees = own.Name == RuntimeAssembly
            || compilation.SourceModule.ReferencedAssemblySymbols.Any(reference => reference.Name == RuntimeAssembly && reference.GivesAccessTo(own));
        return new AssemblyModel(Names.GeneratedNamespace(own), sees);
    }

    private static void Report<T>(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<Found<T>> found)
        where T : class =>
        context.RegisterSourceOutput(found.SelectMany(static (one, _) => one.Diagnostics.ToImmutableArray()), static (output, finding) =>
            output.ReportDiagnostic(finding.ToDiagnostic()));

    private static IncrementalValuesProvider<T> Models<T>(IncrementalValuesProvider<Found<T>> found)
        where T : class =>
        found.Where(static one => one.Model is not null).Select(static (one, _) => one.Model!);

    private static List<T> Unique<T>(ImmutableArray<T> models) => models.Distinct().ToList();
}
