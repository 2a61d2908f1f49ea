namespace Orleans.Runtime;

/// <summary>
/// Looks into the cluster and acts on it. Its key is 0. A reading is without the silos that do not answer in time; an action fails
/// when a silo has not confirmed it.
/// </summary>
public interface IManagementGrain : IGrainWithIntegerKey
{
    /// <summary>The silos and what they are doing.</summary>
    /// <param name="onlyActive">Only those that serve; otherwise also those that are coming, going or dead, as far as they are remembered.</param>
    Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false);

    /// <summary>The silos' rows in the membership table.</summary>
    /// <param name="onlyActive">See <see cref="GetHosts"/>.</param>
    Task<MembershipEntry[]> GetDetailedHosts(bool onlyActive = false);

    /// <summary>Activations by grain class and silo.</summary>
    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics();

    /// <summary>Activations by grain class, of these silos; of all when none is named.</summary>
    [Alias("GetSimpleGrainStatisticsOf")]
    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics(SiloAddress[] hostsIds);

    /// <summary>All activations, of all classes or of those that are named, on all silos or on those that are named.</summary>
    Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types = null, SiloAddress[]? hostsIds = null);

    /// <summary>How many activations there are in the cluster.</summary>
    Task<int> GetTotalActivationCount();

    /// <summary>How many activations a grain has: 1, or 0 when it is not active.</summary>
    Task<int> GetGrainActivationCount(GrainReference grainReference);

    /// <summary>The silo on which a grain is active; null when it is not.</summary>
    ValueTask<SiloAddress?> GetActivationAddress(IAddressable reference);

    /// <summary>The active grains of a class.</summary>
    ValueTask<List<GrainId>> GetActiveGrains(GrainType type);

    /// <summary>Ends the activations that have been idle for longer than this, on all silos.</summary>
    Task ForceActivationCollection(TimeSpan ageLimit);

    /// <summary>Ends the activations that have been idle for longer than this, on these silos; on all when none is named.</summary>
    [Alias("ForceActivationCollectionOn")]
    Task ForceActivationCollection(SiloAddress[] hostsIds, TimeSpan ageLimit);

    /// <summary>Collects the garbage of these silos; of all when none is named.</summary>
    Task ForceGarbageCollection(SiloAddress[] hostsIds);
}
