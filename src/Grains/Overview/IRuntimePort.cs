using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <summary>What the runtime alone knows of this silo's grains. Each flavour has its own; what one does not tell is null.</summary>
/// <remarks>Safe for use from any thread.</remarks>
public interface IRuntimePort
{
    /// <summary>Turns that kept their thread too long and times that the thread pool was starved; null: the runtime does not count them.</summary>
    long? Stalls { get; }

    /// <summary>The grain classes that have activations here.</summary>
    Task<IReadOnlyList<ClassReport>> ReadClassesAsync();

    /// <summary>A grain's activation here; null when it has none. Wakes nothing.</summary>
    Task<ActivationReport?> ReadActivationAsync(GrainId grain);

    /// <summary>The silo on which a grain lives, or would; null when that is not known.</summary>
    SiloAddress? HomeOf(GrainId grain);

    /// <summary>The class that is called so; false when this build has none.</summary>
    bool TryGetClass(GrainType type, [NotNullWhen(true)] out Type? grainClass);
}
