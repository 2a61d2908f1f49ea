using Actors.Storage.Pacing;
using Actors.Storage.Shares;

namespace Actors.Grains.Storage;

/// <summary>What a copy loads on its way from one pool to another.</summary>
/// <param name="Link">The link that it goes over; null when the pools are on one node, or no link between the nodes is named.</param>
/// <param name="Resources">Everything that it is charged to.</param>
/// <param name="DemandBytesPerSecond">The most that it can use.</param>
/// <param name="FloorBytesPerSecond">The least that it is worth running with.</param>
public sealed record CopyRoute(LinkSettings? Link, IReadOnlyList<string> Resources, long DemandBytesPerSecond, long FloorBytesPerSecond)
{
    /// <summary>Everything: bounds only how many copies there are.</summary>
    public const string Cluster = "the cluster";

    /// <summary>The way between two pools. Copies go over the direct link; none is sent around through a third node, which no back end offers.</summary>
    public static CopyRoute Of(OrderedMove move, TieringSettings settings)
    {
        var link = move.SourceNode == move.TargetNode ? null : settings.Links.FirstOrDefault(one => one.Joins(move.SourceNode, move.TargetNode));
        var resources = new List<string> { Cluster, ReadsOf(move.SourcePool), WritesOf(move.TargetPool), Node(move.SourceNode) };
        if (move.TargetNode != move.SourceNode) resources.Add(Node(move.TargetNode));
        if (link is null) return new CopyRoute(null, resources, settings.MaxCopyBytesPerSecond, settings.MinCopyBytesPerSecond);
        resources.Add(Of(link));
        return new CopyRoute(link, resources, Math.Min(settings.MaxCopyBytesPerSecond, link.Profile.MaxRateKiBps * 1_024L), link.Profile.MinRateKiBps * 1_024L);
    }

    /// <summary>How a copy on this way grows, and from which rate on it gives way to applications.</summary>
    public CopyPacing Pacing(TieringSettings settings) => Link is null
        ? CopyPacing.OverNoLink(settings.MinCopyBytesPerSecond)
        : CopyPacing.Over(Link.Profile, DemandBytesPerSecond);

    /// <summary>The most that a copy gets on this way if it is alone. Bytes per second; 0: none ever gets a share, because even then there is less than the least that it is worth running with.</summary>
    public long AloneBytesPerSecond(TieringSettings settings)
    {
        var most = Math.Min(
            Math.Min(DemandBytesPerSecond, settings.MaxPoolBytesPerSecond),
            Link is null ? long.MaxValue : ResourceBudget.Of(Link.CapacityBytesPerSecond, settings.LinkHeadroomPercent, 0, Link.Profile.MaxRateKiBps * 1_024L));
        return most < Math.Min(FloorBytesPerSecond, DemandBytesPerSecond) ? 0 : most;
    }

    internal static string ReadsOf(string pool) => $"reads from pool {pool}";

    internal static string WritesOf(string pool) => $"writes to pool {pool}";

    internal static string Node(string node) => $"node {node}";

    internal static string Of(LinkSettings link) => $"link {link.Name}";
}
