namespace Actors.Silo.Http;

/// <summary>Body of <c>/api/v1/cluster</c>.</summary>
/// <param name="View">The number of the cluster's view; 0 where the silo stands alone.</param>
/// <param name="Stalls">Turns that kept their thread too long, of all silos, since each started.</param>
/// <param name="Silos">The silos by node.</param>
public sealed record ClusterAnswer(long View, long Stalls, IReadOnlyList<ClusterSiloAnswer> Silos);

/// <summary>One silo of the cluster; what is null is not known, because it does not answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="NodeId">Its node's number.</param>
/// <param name="Address">Its address within the cluster.</param>
/// <param name="Status">See <see cref="SiloStatus.Status"/>.</param>
/// <param name="Reasons">Why it does not serve; empty when it does.</param>
/// <param name="Version">Its program.</param>
/// <param name="Kafka">Where Kafka clients reach it.</param>
/// <param name="Http">Where HTTP clients reach it.</param>
/// <param name="StartedAt">When its program began.</param>
/// <param name="Activations">How many grains are active on it.</param>
/// <param name="Stalls">Its stalls since it started.</param>
public sealed record ClusterSiloAnswer(
    string Name,
    int NodeId,
    string Address,
    string Status,
    IReadOnlyList<string> Reasons,
    string? Version,
    string? Kafka,
    string? Http,
    DateTimeOffset? StartedAt,
    long? Activations,
    long? Stalls);
