namespace Orleans;

/// <summary>Asks the generator for a codec and a copier of this type.</summary>
/// <remarks>
/// Members that cross the wire carry <see cref="IdAttribute"/>; ids are never used twice. A base class other than
/// <see cref="object"/> and <see cref="Exception"/> needs the attribute too, or <see cref="SerializerTransparentAttribute"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
public sealed class GenerateSerializerAttribute : Attribute
{
    /// <summary>Which members get an id of themselves, derived from their name. Default: none.</summary>
    public GenerateFieldIds GenerateFieldIds { get; init; }
}
