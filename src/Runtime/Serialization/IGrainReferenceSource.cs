using Orleans.Runtime;

namespace Actors.Runtime.Serialization;

/// <summary>Makes references of ids that were read. Implemented by the runtime's grain factory.</summary>
public interface IGrainReferenceSource
{
    /// <summary>A reference to a grain or observer through one of its interfaces.</summary>
    /// <returns>Null when no interface of that name is known here.</returns>
    GrainReference? Find(GrainId grainId, GrainInterfaceType interfaceType);
}
