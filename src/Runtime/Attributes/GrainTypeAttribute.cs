using Orleans.Runtime;

namespace Orleans;

/// <summary>Fixes the name of a grain class in identities, on the wire and in stores, so that the class can be renamed.</summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
public sealed class GrainTypeAttribute : Attribute
{
    private readonly GrainType _grainType;

    /// <param name="grainType">The name; unique among the grain classes of a cluster, without a slash.</param>
    public GrainTypeAttribute(string grainType) => _grainType = GrainType.Create(grainType);

    public GrainType GetGrainType(IServiceProvider services, Type type) => _grainType;
}
