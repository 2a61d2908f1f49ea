using Actors.Grains.Topics;
using Actors.Log;

namespace Actors.Gateway.Kafka;

/// <summary>A topic as a connection knows it: found by its name's bytes, with its limits for batches.</summary>
/// <param name="NameUtf8">The name, in memory of its own.</param>
/// <param name="Topic">Null when there is no such topic.</param>
internal sealed record TopicHandle(ReadOnlyMemory<byte> NameUtf8, CatalogTopic? Topic)
{
    /// <summary>What the topic allows of a batch that arrives now.</summary>
    public BatchLimits LimitsAt(long nowMs, short produceVersion)
    {
        var config = Topic!.Config;
        return BatchLimits.ForClients with
        {
            MaxBatchBytes = config.MaxMessageBytes,
            MinTimestampMs = config.TimestampBeforeMaxMs >= nowMs ? 0 : nowMs - config.TimestampBeforeMaxMs,
            MaxTimestampMs = config.TimestampAfterMaxMs >= long.MaxValue - nowMs ? long.MaxValue : nowMs + config.TimestampAfterMaxMs,
            ZstdAllowed = produceVersion >= 7,
            KeyRequired = config.Compacts,
            LogAppendTime = config.UsesLogAppendTime,
        };
    }
}
