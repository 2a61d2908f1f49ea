namespace Orleans;

/// <summary>The number of a member on the wire and in stored state.</summary>
/// <remarks>Unique within its declaring type (a base class counts for itself). Fixed for ever: a reader skips numbers it does not know.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter)]
public sealed class IdAttribute : Attribute
{
    /// <param name="id">The number; at most <see cref="Actors.Runtime.Serialization.WireFormat.MaxFieldId"/>.</param>
    public IdAttribute(uint id) => Id = id;

    /// <summary>The number of the member.</summary>
    public uint Id { get; }
}
