namespace Actors.Grains.Overview;

/// <summary>Says what this silo is; the host provides it.</summary>
public interface ISiloDescriber
{
    /// <summary>What is true now. From memory, on any thread.</summary>
    SiloDescription Describe();
}
