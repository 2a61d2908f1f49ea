using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Actors.Runtime.Generator.Analysis;

/// <summary>Names of types in generated code and of the attributes that the generator reads.</summary>
internal static class Names
{
    public const string GenerateSerializer = "Orleans.GenerateSerializerAttribute";
    public const string Id = "Orleans.IdAttribute";
    public const string Alias = "Orleans.AliasAttribute";
    public const string Immutable = "Orleans.ImmutableAttribute";
    public const string SerializerTransparent = "Orleans.SerializerTransparentAttribute";
    public const string GrainType = "Orleans.GrainTypeAttribute";
    public const string Version = "Orleans.CodeGeneration.VersionAttribute";
    public const string ResponseTimeout = "Orleans.ResponseTimeoutAttribute";
    public const string OneWay = "Orleans.Concurrency.OneWayAttribute";
    public const string AlwaysInterleave = "Orleans.Concurrency.AlwaysInterleaveAttribute";
    public const string ReadOnly = "Orleans.Concurrency.ReadOnlyAttribute";
    public const string Unordered = "Orleans.Concurrency.UnorderedAttribute";
    public const string PersistentState = "Orleans.Runtime.PersistentStateAttribute";
    public const string Addressable = "Orleans.Runtime.IAddressable";
    public const string Grain = "Orleans.IGrain";
    public const string GrainReference = "Orleans.Runtime.GrainReference";
    public const string CancellationToken = "System.Threading.CancellationToken";

    private static readonly SymbolDisplayFormat MetadataFormat = new(
        globalNamespaceStyle: SymbolDisplayGlobalNamespaceStyle.Omitted,
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.ExpandNullable);

    private static readonly SymbolDisplayFormat SentenceFormat = SymbolDisplayFormat.MinimallyQualifiedFormat
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>Namespace and name, nested types with dots, without type arguments.</summary>
    public static string Full(ISymbol symbol) => symbol.ToDisplayString(MetadataFormat);

    /// <summary>A type in generated code.</summary>
    public static string Code(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>A type or member in a sentence.</summary>
    public static string Sentence(ISymbol symbol) => symbol switch
    {
        ITypeSymbol type => type.ToDisplayString(SentenceFormat),
        { ContainingType: { } owner } => $"{owner.ToDisplayString(SentenceFormat)}.{symbol.Name}",
        _ => symbol.Name,
    };

    /// <summary>A name that is safe in C#.</summary>
    public static string Identifier(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    /// <summary>The full name as one identifier; different types never share one.</summary>
    public static string Mangled(INamedTypeSymbol type)
    {
        var text = new StringBuilder();
        foreach (var character in Full(type))
        {
            text.Append(character switch { '.' => "_", '_' => "__", _ => character.ToString() });
        }

        return text.ToString();
    }

    /// <summary>The namespace of generated code in an assembly.</summary>
    public static string GeneratedNamespace(IAssemblySymbol assembly) => GeneratedNamespace(assembly.Name);

    /// <summary>The namespace of generated code in an assembly.</summary>
    public static string GeneratedNamespace(string assemblyName)
    {
        var parts = assemblyName.Split('.').Select(static part =>
        {
            var text = new string(part.Select(static character => char.IsLetterOrDigit(character) ? character : '_').ToArray());
            return text.Length == 0 || char.IsDigit(text[0]) ? "_" + text : Identifier(text);
        });
        return string.Join(".", parts) + ".Generated";
    }

    /// <summary>The codec class of a type with [GenerateSerializer], fully qualified.</summary>
    public static string CodecClass(INamedTypeSymbol type) =>
        $"global::{GeneratedNamespace(type.ContainingAssembly)}.{CodecName(type)}";

    /// <summary>The codec class of a type with [GenerateSerializer], without its namespace.</summary>
    public static string CodecName(INamedTypeSymbol type) => "Codec_" + Mangled(type);

    /// <summary>The attribute of that name, or null.</summary>
    public static AttributeData? Attribute(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass is { } type && Full(type) == name);

    /// <summary>True when the symbol carries the attribute.</summary>
    public static bool Has(ISymbol symbol, string name) => Attribute(symbol, name) is not null;

    /// <summary>All aliases, in the order of the source.</summary>
    public static IEnumerable<string> Aliases(ISymbol symbol) =>
        symbol.GetAttributes()
            .Where(static attribute => attribute.AttributeClass is { } type && Full(type) == Alias)
            .Select(static attribute => attribute.ConstructorArguments.FirstOrDefault().Value as string)
            .Where(static alias => !string.IsNullOrEmpty(alias))!;

    /// <summary>Names in Orleans' own namespaces are fixed by Orleans and need no alias.</summary>
    public static bool IsNamedByOrleans(ISymbol symbol)
    {
        var space = symbol.ContainingNamespace;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
        {
            space = space.ContainingNamespace;
        }

        return space is { Name: "Orleans" };
    }

    /// <summary>True when other assemblies can name the type.</summary>
    public static bool IsPublic(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.DeclaredAccessibility != Accessibility.Public)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when generated code of the same assembly can name the type.</summary>
    public static bool IsReachable(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsFileLocal || outer.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal or Accessibility.ProtectedOrInternal))
            {
                return false;
            }
        }

        return true;
    }
}
