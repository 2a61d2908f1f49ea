namespace Orleans;

/// <summary>A base class without members of its own on the wire: codecs of derived types pass over it.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class SerializerTransparentAttribute : Attribute
{
}
