using Orleans.Runtime;

namespace Actors.Runtime.Invocation;

/// <summary>Collects generated code while the runtime starts. Used by one thread.</summary>
public sealed partial class GrainCodeBuilder
{
    private readonly List<GrainInterfaceCode> _interfaces = [];
    private readonly List<Type> _classes = [];

    /// <summary>What was added, in order.</summary>
    public IReadOnlyList<GrainInterfaceCode> Interfaces => _interfaces;

    internal IReadOnlyList<Type> Classes => _classes;

    /// <summary>Adds a grain or observer interface.</summary>
    public void AddInterface(
        Type interfaceType, string name, ushort version, Func<GrainReferenceShared, IdSpan, GrainReference> createReference, params GrainMethod[] methods) =>
        _interfaces.Add(new GrainInterfaceCode(interfaceType, name, version, createReference, methods));

    /// <summary>
    /// Adds a grain class. Its attributes and its constructor are read once, when the runtime starts.
    /// </summary>
    public void AddGrainClass(Type grainClass) => _classes.Add(grainClass);
}
