namespace Orleans;

/// <summary>The name of a type, interface or method on the wire, which stays when the code is renamed.</summary>
/// <remarks>With several, the first is written and all are read.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method | AttributeTargets.Interface, AllowMultiple = true)]
public sealed class AliasAttribute : Attribute
{
    /// <param name="alias">The name; unique among all types (for a method: within its interface).</param>
    public AliasAttribute(string alias) => Alias = alias;

    /// <summary>The name on the wire.</summary>
    public string Alias { get; }
}
