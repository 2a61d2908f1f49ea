namespace Actors.Runtime.Invocation;

/// <summary>
/// Names the assembly's generated code: a public class with a public parameterless constructor that implements
/// <see cref="IGrainCode"/>. The runtime reads it once per assembly, at start.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class GrainCodeAttribute(Type code) : Attribute
{
    /// <summary>The class that implements <see cref="IGrainCode"/>.</summary>
    public Type Code { get; } = code;
}
