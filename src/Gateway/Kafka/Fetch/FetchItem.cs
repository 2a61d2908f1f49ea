using Actors.Grains.Partitions;
using Actors.Grains.Topics;
using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>One partition of one fetch request, resolved: its replica, or why there is none.</summary>
internal sealed class FetchItem(FetchTarget target)
{
    public FetchTarget Target { get; } = target;

    /// <summary>Taken from the target when the request came; a session's target may move on before this request is answered.</summary>
    public FetchPosition Position { get; } = target.Position;

    public int MaxBytes { get; } = target.MaxBytes;

    /// <summary>Null when the catalog does not have the topic.</summary>
    public CatalogTopic? Topic { get; set; }

    /// <summary>Null with an <see cref="Error"/>.</summary>
    public Replica? Replica { get; set; }

    public ErrorCode Error { get; set; }

    /// <summary>What the last look saw; progress beyond it is worth another look.</summary>
    public long KnownHighWatermark { get; set; } = -1;
}
