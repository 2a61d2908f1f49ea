namespace Orleans.CodeGeneration;

/// <summary>The version of a grain interface, which references carry.</summary>
[AttributeUsage(AttributeTargets.Interface)]
public sealed class VersionAttribute : Attribute
{
    /// <param name="version">The version; an interface without the attribute has 0.</param>
    public VersionAttribute(ushort version) => Version = version;

    /// <summary>The version.</summary>
    public ushort Version { get; }
}
