using Actors.Grains.Partitions;

namespace Actors.Gateway.Kafka;

/// <summary>A partition as a fetch request names it: by the topic's name up to version 12, by its id from 13 on.</summary>
internal readonly record struct FetchKey(string? TopicName, Guid TopicId, int Partition);

/// <summary>What a client wants of one partition; in a session it stays from request to request.</summary>
internal sealed class FetchTarget(FetchKey key)
{
    /// <summary>What a request holds for one of its partitions: the target, what is resolved of it, their places in lists, and the watch on its replica.</summary>
    private const int BytesEach = 256;

    public FetchKey Key { get; } = key;

    public FetchPosition Position { get; set; }

    /// <summary>Most bytes of records of this partition; one batch is given all the same when nothing else is.</summary>
    public int MaxBytes { get; set; }

    /// <summary>What the session's client was told last; -1 when it must be told anew.</summary>
    public long SentHighWatermark { get; set; } = -1;

    /// <inheritdoc cref="SentHighWatermark"/>
    public long SentLogStartOffset { get; set; } = -1;

    /// <summary>What a request about these partitions holds until it is answered.</summary>
    public static long BytesOf(IReadOnlyList<FetchTarget> targets)
    {
        var bytes = (long)targets.Count * BytesEach;
        string? last = null;
        foreach (var target in targets)
        {
            // The partitions of a topic share one string.
            if (target.Key.TopicName is { } name && !ReferenceEquals(name, last))
                bytes += (last = name).Length * sizeof(char);
        }

        return bytes;
    }
}
