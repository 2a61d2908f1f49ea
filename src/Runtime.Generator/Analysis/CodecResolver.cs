using System.Diagnostics.CodeAnalysis;
using Actors.Runtime.Generator.Models;
using Microsoft.CodeAnalysis;

namespace Actors.Runtime.Generator.Analysis;

/// <summary>Finds the codec of a type, or a sentence that says what to add.</summary>
internal static class CodecResolver
{
    private const string Codecs = "global::Actors.Runtime.Serialization.";
    private const string BuiltIn = Codecs + "BuiltInCodecs.";

    private static readonly Dictionary<string, string> BuiltInImmutable = new()
    {
        ["bool"] = "Boolean",
        ["char"] = "Char",
        ["sbyte"] = "SByte",
        ["short"] = "Int16",
        ["int"] = "Int32",
        ["long"] = "Int64",
        ["byte"] = "Byte",
        ["ushort"] = "UInt16",
        ["uint"] = "UInt32",
        ["ulong"] = "UInt64",
        ["float"] = "Single",
        ["double"] = "Double",
        ["decimal"] = "Decimal",
        ["string"] = "String",
        ["global::System.Guid"] = "Guid",
        ["global::System.DateTime"] = "DateTime",
        ["global::System.DateTimeOffset"] = "DateTimeOffset",
        ["global::System.TimeSpan"] = "TimeSpan",
        ["global::System.DateOnly"] = "DateOnly",
        ["global::System.TimeOnly"] = "TimeOnly",
        ["global::System.Exception"] = "Exception",
        ["global::System.Collections.Immutable.ImmutableArray<byte>"] = "ImmutableBytes",
        ["global::Orleans.Runtime.IdSpan"] = "IdSpan",
        ["global::Orleans.Runtime.GrainType"] = "GrainType",
        ["global::Orleans.Runtime.GrainInterfaceType"] = "GrainInterfaceType",
        ["global::Orleans.Runtime.GrainId"] = "GrainId",
        ["global::Orleans.Runtime.SiloAddress"] = "SiloAddress",
    };

    private static readonly Dictionary<string, string> BuiltInMutable = new()
    {
        ["byte[]"] = "ByteArray",
        ["global::System.ReadOnlyMemory<byte>"] = "ByteMemory",
    };

    /// <summary>Generic types and their codecs; {0} is the type itself, {1} and {2} its arguments.</summary>
    private static readonly Dictionary<string, (string Codec, bool IsImmutable)> Generic = new()
    {
        ["System.Collections.Generic.List"] = ("ListCodec<{1}>", false),
        ["System.Collections.Generic.HashSet"] = ("HashSetCodec<{1}>", false),
        ["System.Collections.Generic.IReadOnlyList"] = ("ReadOnlyListCodec<{0}, {1}>", false),
        ["System.Collections.Generic.IReadOnlyCollection"] = ("ReadOnlyListCodec<{0}, {1}>", false),
        ["System.Collections.Generic.Dictionary"] = ("DictionaryCodec<{0}, {1}, {2}>", false),
        ["System.Collections.Generic.IReadOnlyDictionary"] = ("DictionaryCodec<{0}, {1}, {2}>", false),
        ["System.Collections.Generic.KeyValuePair"] = ("KeyValuePairCodec<{1}, {2}>", true),
        ["System.Tuple"] = ("TupleCodec<{1}, {2}>", true),
        ["System.Collections.Immutable.ImmutableArray"] = ("ImmutableArrayCodec<{1}>", true),
        ["System.Nullable"] = ("NullableCodec<{1}>", true),
        ["Orleans.Concurrency.Immutable"] = ("ImmutableCodec<{1}>", true),
    };

    /// <summary>True when the type has a codec that is written by hand, so none is generated.</summary>
    public static bool IsBuiltIn(INamedTypeSymbol type) =>
        BuiltInImmutable.ContainsKey(Names.Code(type)) || (type.IsGenericType && Generic.ContainsKey(Names.Full(type)));

    /// <summary>The codec of a type.</summary>
    /// <param name="type">The type of a member, parameter or result.</param>
    /// <param name="use">How to get it.</param>
    /// <param name="advice">Otherwise, what to do.</param>
    public static bool TryResolve(ITypeSymbol type, [NotNullWhen(true)] out CodecUse? use, out string advice)
    {
        type = type.WithNullableAnnotation(NullableAnnotation.None);
        var code = Names.Code(type);
        advice = "";
        use = null;
        if (BuiltInImmutable.TryGetValue(code, out var name))
        {
            use = new CodecUse(BuiltIn + name, code, IsImmutable: true, IsShared: true);
            return true;
        }

        if (BuiltInMutable.TryGetValue(code, out name))
        {
            use = new CodecUse(BuiltIn + name, code, IsImmutable: false, IsShared: true);
            return true;
        }

        switch (type)
        {
            case IArrayTypeSymbol { Rank: 1 } array:
                if (TryResolve(array.ElementType, out var element, out advice))
                {
                    use = new CodecUse($"new {Codecs}ArrayCodec<{element.TypeName}>({element.Expression})", code, IsImmutable: false, IsShared: false);
                }

                return use is not null;
            case IArrayTypeSymbol:
                advice = "arrays have one dimension on the wire; use an array of arrays";
                return false;
            case INamedTypeSymbol { TypeKind: TypeKind.Enum }:
                use = new CodecUse($"new {Codecs}EnumCodec<{code}>()", code, IsImmutable: true, IsShared: false);
                return true;
            case INamedTypeSymbol { IsTupleType: true } tuple:
                return TryResolveTuple(tuple, code, out use, out advice);
            case INamedTypeSymbol { Arity: not 2 } tuple when Names.Full(tuple) == "System.Tuple":
                advice = "of the tuple classes only those of two cross the wire; use a record with [GenerateSerializer] and [Id(n)] on its members";
                return false;
            case INamedTypeSymbol { IsGenericType: true } generic when Generic.TryGetValue(Names.Full(generic), out var known):
                return TryResolveGeneric(generic, code, known.Codec, known.IsImmutable, out use, out advice);
            case INamedTypeSymbol named:
                return TryResolveNamed(named, code, out use, out advice);
            default:
                advice = $"{Names.Sentence(type)} has no form on the wire; use a record with [GenerateSerializer] and [Id(n)] on its members";
                return false;
        }
    }

    private static bool TryResolveTuple(INamedTypeSymbol tuple, string code, out CodecUse? use, out string advice)
    {
        if (tuple.TupleElements.Length is < 2 or > 4)
        {
            use = null;
            advice = "tuples of two to four cross the wire; use a record with [GenerateSerializer] and [Id(n)] on its members";
            return false;
        }

        var items = tuple.TupleElements.Select(static field => field.Type).ToList();
        return TryResolveAll(items, code, "ValueTupleCodec<" + string.Join(", ", items.Select(Names.Code)) + ">", true, out use, out advice);
    }

    private static bool TryResolveGeneric(INamedTypeSymbol type, string code, string codec, bool isImmutable, out CodecUse? use, out string advice)
    {
        var arguments = type.TypeArguments;
        var name = codec
            .Replace("{0}", code)
            .Replace("{1}", Names.Code(arguments[0]))
            .Replace("{2}", arguments.Length > 1 ? Names.Code(arguments[1]) : "");
        var resolved = TryResolveAll(arguments, code, name, isImmutable, out use, out advice);
        if (resolved && codec.StartsWith("ImmutableCodec"))
        {
            use = use! with { IsImmutable = true };
        }

        return resolved;
    }

    private static bool TryResolveAll(
        IReadOnlyList<ITypeSymbol> types, string code, string codec, bool isImmutable, out CodecUse? use, out string advice)
    {
        var expressions = new List<string>();
        foreach (var type in types)
        {
            if (!TryResolve(type, out var one, out advice))
            {
                use = null;
                return false;
            }

            expressions.Add(one.Expression);
            isImmutable &= one.IsImmutable;
        }

        advice = "";
        use = new CodecUse($"new {Codecs}{codec}({string.Join(", ", expressions)})", code, isImmutable, IsShared: false);
        return true;
    }

    private static bool TryResolveNamed(INamedTypeSymbol type, string code, out CodecUse? use, out string advice)
    {
        use = null;
        advice = "";
        var sentence = Names.Sentence(type);
        if ((type.TypeKind == TypeKind.Interface && GrainInterfaces.IsAddressable(type)) || Names.Full(type) == Names.GrainReference)
        {
            if (type.IsGenericType)
            {
                advice = $"{sentence} is a generic grain interface, which has no reference; use one without type parameters";
                return false;
            }

            use = new CodecUse($"new {Codecs}GrainReferenceCodec<{code}>()", code, IsImmutable: false, IsShared: false);
            return true;
        }

        var assembly = type.ContainingAssembly?.Name;
        if (assembly is "Actors.Kafka" or "Actors.Log")
        {
            advice = $"types of {assembly} do not cross grain calls; copy what the grain needs into a record of its own with [GenerateSerializer]";
            return false;
        }

        if (GrainInterfaces.IsGrainClass(type))
        {
            advice = $"{sentence} is a grain class; only references travel, so use its interface";
            return false;
        }

        if (Names.Has(type, Names.GenerateSerializer) && !type.IsGenericType)
        {
            use = new CodecUse(Names.CodecClass(type) + ".Instance", code, Names.Has(type, Names.Immutable), IsShared: true);
            return true;
        }

        advice = Advice(type, sentence);
        return false;
    }

    private static string Advice(INamedTypeSymbol type, string sentence)
    {
        if (type.IsGenericType && Names.Has(type, Names.GenerateSerializer))
        {
            return $"{sentence} is generic, and generic types have no generated codec; write a record for each case";
        }

        if (type.SpecialType == SpecialType.System_Object || type.TypeKind is TypeKind.Interface or TypeKind.Dynamic)
        {
            return $"what stands behind {sentence} is not known; use an abstract record with [GenerateSerializer] and derive the cases from it";
        }

        if (Names.Full(type) == Names.CancellationToken)
        {
            return "a CancellationToken can only be the last parameter of a grain method";
        }

        if (type.TypeKind == TypeKind.Delegate)
        {
            return "code does not travel; use an observer interface (IGrainObserver)";
        }

        return type.Locations.Any(static location => location.IsInSource)
            ? $"add [GenerateSerializer] and [Alias(\"…\")] to {sentence} and [Id(n)] to its members"
            : $"{sentence} is not of this assembly and has no codec; use a record of your own with [GenerateSerializer] and [Id(n)] on its members";
    }
}
