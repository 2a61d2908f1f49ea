using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <summary>How an append to a partition of <c>__consumer_offsets</c> ended.</summary>
/// <param name="Error">None: durable below the high watermark. Otherwise it failed, or nobody knows.</param>
/// <param name="BaseOffset">Offset of the batch's first record; -1 on an error.</param>
public readonly record struct GroupAppendResult(ErrorCode Error, long BaseOffset)
{
    /// <summary>An append that is not known to be durable.</summary>
    public static GroupAppendResult Failed(ErrorCode error) => new(error, -1);
}
