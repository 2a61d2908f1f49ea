using System.Globalization;

namespace Actors.Grains.Partitions;

/// <summary>One partition of one topic, by the topic's id.</summary>
public readonly record struct PartitionId(Guid TopicId, int Index)
{
    /// <summary>The key of the grain that owns this partition's replica on a node: <c>{topicId:N}/{index}@{nodeId}</c>.</summary>
    public string GrainKey(int nodeId) => string.Create(CultureInfo.InvariantCulture, $"{TopicId:N}/{Index}@{nodeId}");

    /// <summary>Reads what <see cref="GrainKey"/> wrote.</summary>
    public static bool TryParseGrainKey(string key, out PartitionId partition, out int nodeId)
    {
        partition = default;
        nodeId = 0;
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var at = key.LastIndexOf('@');
        if (slash < 0 || at < slash
            || !Guid.TryParseExact(key.AsSpan(0, slash), "N", out var topicId)
            || !int.TryParse(key.AsSpan(slash + 1, at - slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || !int.TryParse(key.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out nodeId))
            return false;
        partition = new PartitionId(topicId, index);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TopicId:N}/{Index}");
}
