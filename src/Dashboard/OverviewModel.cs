using Actors.Grains.Groups;
using Actors.Grains.Overview;
using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Dashboard;

/// <summary>What the page shows, read at one moment.</summary>
/// <param name="Silo">The silo that was asked.</param>
/// <param name="Now">The moment.</param>
/// <param name="Cluster">All silos, and what they report.</param>
/// <param name="Topics">The topics, in the order of their names.</param>
/// <param name="Groups">Consumer groups whose coordinator is awake on the silo that was asked.</param>
/// <param name="OpenReplicas">Replicas that are open there.</param>
/// <param name="Grain">The grain that was asked for; null: none was.</param>
public sealed record OverviewModel(
    SiloDescription Silo,
    DateTimeOffset Now,
    ClusterReport Cluster,
    IReadOnlyList<CatalogTopic> Topics,
    IReadOnlyList<GroupOverview> Groups,
    int OpenReplicas,
    GrainLookup? Grain = null)
{
    /// <summary>Reads what the services of a silo know.</summary>
    /// <param name="services">The silo's.</param>
    /// <param name="grain">A grain to look for, as "class/key"; null or empty: none.</param>
    public static async Task<OverviewModel> ReadAsync(IServiceProvider services, string? grain) => new(
        services.GetRequiredService<ISiloDescriber>().Describe(),
        services.GetRequiredService<TimeProvider>().GetUtcNow(),
        await services.GetRequiredService<ClusterReader>().ReadAsync(),
        [.. services.GetRequiredService<TopicCatalog>().Current.Topics],
        [.. (services.GetService<GroupDirectory>()?.Awake ?? []).OrderBy(group => group.GroupId, StringComparer.Ordinal)],
        services.GetRequiredService<ReplicaRegistry>().Count,
        string.IsNullOrEmpty(grain) ? null : await GrainLookup.ReadAsync(services.GetRequiredService<ClusterReader>(), grain));

    /// <summary>True when clients find a leader of the partition: the catalog names one, and it lives.</summary>
    public bool HasLeader(PartitionRow row) => Cluster.Silos.Any(silo => silo.NodeId == row.LeaderId && silo.Status != SiloStates.Dead);

    /// <summary>How many activations of a class a silo has; null when it has not answered.</summary>
    public static long? ActivationsOn(SiloEntry silo, string type) =>
        silo.Report is { } report ? report.Classes.FirstOrDefault(one => one.Type == type)?.Activations ?? 0 : null;

    /// <summary>Calls of a class that wait for their turn on all silos; null when the runtime does not tell.</summary>
    public long? WaitingCalls(string type)
    {
        var counts = Cluster.Reports.SelectMany(static report => report.Classes).Where(one => one.Type == type).Select(static one => one.WaitingCalls).ToList();
        return counts.Contains(null) ? null : counts.Sum();
    }
}
