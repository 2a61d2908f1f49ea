namespace Actors.Silo.Health;

/// <summary>Where a silo is in its life.</summary>
public enum SiloPhase
{
    /// <summary>Opens stores, recovers its log, starts its parts.</summary>
    Starting,

    /// <summary>Serves.</summary>
    Active,

    /// <summary>Finishes what it accepted and takes no more.</summary>
    Stopping,
}
