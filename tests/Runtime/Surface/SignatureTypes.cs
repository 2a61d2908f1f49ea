using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Actors.Runtime.Tests.Surface;

/// <summary>Names the types of signatures without looking them up: the assemblies they come from need not be there.</summary>
internal sealed class SignatureTypes : ISignatureTypeProvider<SignatureType, SignatureTypes.Scope>
{
    private const byte ValueTypeKind = 0x11;

    /// <summary>The names of the type parameters in reach.</summary>
    internal sealed record Scope(ImmutableArray<string> TypeParameters, ImmutableArray<string> MethodParameters);

    public SignatureType GetArrayType(SignatureType elementType, ArrayShape shape) =>
        new SignatureType.Array(elementType, "[" + new string(',', shape.Rank - 1) + "]");

    public SignatureType GetByReferenceType(SignatureType elementType) => new SignatureType.Reference(elementType);

    public SignatureType GetFunctionPointerType(MethodSignature<SignatureType> signature) => new SignatureType.Named("delegate*", Value: true);

    public SignatureType GetGenericInstantiation(SignatureType genericType, ImmutableArray<SignatureType> typeArguments)
    {
        var named = (SignatureType.Named)genericType;
        return new SignatureType.Generic(named.Name, named.Value, typeArguments);
    }

    public SignatureType GetGenericMethodParameter(Scope genericContext, int index) => new SignatureType.Parameter(genericContext.MethodParameters[index]);

    public SignatureType GetGenericTypeParameter(Scope genericContext, int index) => new SignatureType.Parameter(genericContext.TypeParameters[index]);

    public SignatureType GetModifiedType(SignatureType modifier, SignatureType unmodifiedType, bool isRequired) => unmodifiedType;

    public SignatureType GetPinnedType(SignatureType elementType) => elementType;

    public SignatureType GetPointerType(SignatureType elementType) => new SignatureType.Named(elementType.Text(new NullableFlags([])) + "*", Value: true);

    public SignatureType GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode switch
    {
        PrimitiveTypeCode.String => new SignatureType.Named("string", Value: false),
        PrimitiveTypeCode.Object => new SignatureType.Named("object", Value: false),
        PrimitiveTypeCode.Boolean => new SignatureType.Named("bool", Value: true),
        PrimitiveTypeCode.SByte => new SignatureType.Named("sbyte", Value: true),
        PrimitiveTypeCode.Int16 => new SignatureType.Named("short", Value: true),
        PrimitiveTypeCode.UInt16 => new SignatureType.Named("ushort", Value: true),
        PrimitiveTypeCode.Int32 => new SignatureType.Named("int", Value: true),
        PrimitiveTypeCode.UInt32 => new SignatureType.Named("uint", Value: true),
        PrimitiveTypeCode.Int64 => new SignatureType.Named("long", Value: true),
        PrimitiveTypeCode.UInt64 => new SignatureType.Named("ulong", Value: true),
        PrimitiveTypeCode.Single => new SignatureType.Named("float", Value: true),
        PrimitiveTypeCode.IntPtr => new SignatureType.Named("nint", Value: true),
        PrimitiveTypeCode.UIntPtr => new SignatureType.Named("nuint", Value: true),
        _ => new SignatureType.Named(typeCode.ToString().ToLowerInvariant(), Value: true),
    };

    public SignatureType GetSZArrayType(SignatureType elementType) => new SignatureType.Array(elementType, "[]");

    public SignatureType GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        Named(reader.GetString(reader.GetTypeDefinition(handle).Name), rawTypeKind);

    public SignatureType GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        Named(reader.GetString(reader.GetTypeReference(handle).Name), rawTypeKind);

    public SignatureType GetTypeFromSpecification(MetadataReader reader, Scope genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    private static SignatureType.Named Named(string name, byte rawTypeKind) => name == "Decimal"
        ? new SignatureType.Named("decimal", Value: true)
        : new SignatureType.Named(name.Split('`')[0], rawTypeKind == ValueTypeKind);
}
