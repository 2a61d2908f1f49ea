namespace Orleans;

/// <summary>Nobody changes the value after it was passed: calls within a silo hand over the reference instead of a deep copy.</summary>
/// <remarks>On a type for all its values; on a parameter, property or field for the value there.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter | AttributeTargets.ReturnValue, Inherited = false)]
public sealed class ImmutableAttribute : Attribute
{
}
