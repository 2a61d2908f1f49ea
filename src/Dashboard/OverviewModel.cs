using Actors.Grains.Groups;
using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Dashboard;

/// <summary>What the page shows, read at one moment.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Topics">Its topics, in the order of their names.</param>
/// <param name="Groups">Consumer groups whose coordinator is awake here.</param>
/// <param name="Activations">Grains that are awake here, by class.</param>
/// <param name="OpenReplicas">Replicas that are open here.</param>
public sealed record OverviewModel(
    SiloFacts Silo,
    IReadOnlyList<CatalogTopic> Topics,
    IReadOnlyList<GroupOverview> Groups,
    IReadOnlyDictionary<string, long> Activations,
    int OpenReplicas)
{
    /// <summary>Reads what the services of a silo know.</summary>
    public static OverviewModel Read(IServiceProvider services, SiloFacts silo) => new(
        silo,
        [.. services.GetRequiredService<TopicCatalog>().Current.Topics],
        [.. (services.GetService<GroupDirectory>()?.Awake ?? []).OrderBy(group => group.GroupId, StringComparer.Ordinal)],
        ActivationCounts.Read(),
        services.GetRequiredService<ReplicaRegistry>().Count);
}
