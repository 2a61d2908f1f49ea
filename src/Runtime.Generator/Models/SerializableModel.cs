namespace Actors.Runtime.Generator.Models;

/// <summary>A type with [GenerateSerializer].</summary>
/// <param name="TypeName">Fully qualified.</param>
/// <param name="CodecName">The name of the class to generate.</param>
/// <param name="Aliases">The first is written, all are read.</param>
/// <param name="IsPublic">Codecs of other assemblies may refer to it.</param>
/// <param name="IsEnum">Has no members of its own.</param>
/// <param name="IsStruct">Is passed by reference to be filled.</param>
/// <param name="IsImmutable">Is handed over without a copy.</param>
/// <param name="Creation">C# that makes a value with defaults; "null" for an abstract class.</param>
/// <param name="NeedsConstructorAccessor">The expression calls New(), an accessor of the parameterless constructor.</param>
/// <param name="BaseCodec">The codec class of the base class, or null.</param>
/// <param name="Members">By number.</param>
internal sealed record SerializableModel(
    string TypeName,
    string CodecName,
    EquatableArray<string> Aliases,
    bool IsPublic,
    bool IsEnum,
    bool IsStruct,
    bool IsImmutable,
    string Creation,
    bool NeedsConstructorAccessor,
    string? BaseCodec,
    EquatableArray<MemberModel> Members);
