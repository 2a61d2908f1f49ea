using Orleans;

namespace Actors.Grains.Groups;

/// <summary>The answer to <see cref="GroupCommit"/>; an offset with error 0 is durable.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.CommitAnswer")]
public sealed record GroupCommitAnswer
{
    /// <summary>One error code for each offset, in the order of the request.</summary>
    [Id(0)] public short[] ErrorCodes { get; init; } = [];
}
