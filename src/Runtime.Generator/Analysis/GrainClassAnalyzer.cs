using Actors.Runtime.Generator.Models;
using Microsoft.CodeAnalysis;

namespace Actors.Runtime.Generator.Analysis;

/// <summary>Reads a grain class.</summary>
internal static class GrainClassAnalyzer
{
    /// <summary>Null when the declaration is no grain class, or one part of one that another part speaks for.</summary>
    public static Found<GrainClassModel>? Analyze(GeneratorSyntaxContext context, CancellationToken token)
    {
        if (context.SemanticModel.GetDeclaredSymbol(context.Node, token) is not INamedTypeSymbol type
            || !GrainInterfaces.IsGrainClass(type)
            || !InterfaceAnalyzer.IsFirstPart(type, context.Node))
        {
            return null;
        }

        var findings = new List<DiagnosticInfo>();
        foreach (var (attribute, shortName) in new[] { (Names.Alias, "Alias"), (Names.GenerateSerializer, "GenerateSerializer") })
        {
            if (Names.Has(type, attribute))
            {
                findings.Add(DiagnosticInfo.Create(Descriptors.GrainClassAttribute, type, Names.Sentence(type), shortName));
            }
        }

        CheckState(type, findings);
        if (type.IsAbstract || type.IsGenericType)
        {
            return new Found<GrainClassModel>(null, new EquatableArray<DiagnosticInfo>(findings));
        }

        if (!Names.Has(type, Names.GrainType) && !Names.IsNamedByOrleans(type))
        {
            findings.Add(DiagnosticInfo.Create(Descriptors.MissingGrainType, type, Names.Sentence(type)));
        }

        if (!Names.IsReachable(type))
        {
            findings.Add(DiagnosticInfo.Create(
                Descriptors.InterfaceShape, type, Names.Sentence(type), "is private, protected or local to its file, so generated code cannot name it; make it internal"));
            return new Found<GrainClassModel>(null, new EquatableArray<DiagnosticInfo>(findings));
        }

        return new Found<GrainClassModel>(new GrainClassModel(Names.Code(type)), new EquatableArray<DiagnosticInfo>(findings));
    }

    /// <summary>State that is injected by [PersistentState] is stored by its codec.</summary>
    private static void CheckState(INamedTypeSymbol type, List<DiagnosticInfo> findings)
    {
        foreach (var parameter in type.InstanceConstructors.SelectMany(static constructor => constructor.Parameters))
        {
            if (Names.Has(parameter, Names.PersistentState)
                && parameter.Type is INamedTypeSymbol { TypeArguments.Length: 1 } state
                && !CodecResolver.TryResolve(state.TypeArguments[0], out _, out var advice))
            {
                findings.Add(DiagnosticInfo.Create(Descriptors.StateWithoutCodec, parameter, Names.Sentence(state.TypeArguments[0]), Names.Sentence(type), advice));
            }
        }
    }
}
