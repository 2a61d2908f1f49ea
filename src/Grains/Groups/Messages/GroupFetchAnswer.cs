using Orleans;

namespace Actors.Grains.Groups;

/// <summary>The answer to <see cref="GroupFetch"/>. A group that nobody knows has no offsets, and that is no error.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.FetchAnswer")]
public sealed record GroupFetchAnswer
{
    /// <summary>Kafka's error code for the group; 0 is success.</summary>
    [Id(0)] public short ErrorCode { get; init; }

    /// <summary>One entry per partition, in the order of the request; sorted by topic and partition when all were asked for.</summary>
    [Id(1)] public GroupFetchedOffset[] Offsets { get; init; } = [];
}
