using Orleans;

namespace Actors.Grains.Groups;

/// <summary>The answer to <see cref="GroupLeave"/>.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.LeaveAnswer")]
public sealed record GroupLeaveAnswer
{
    /// <summary>Kafka's error code for the whole request; 0 means: look at the members.</summary>
    [Id(0)] public short ErrorCode { get; init; }

    /// <summary>One error code for each leaving member, in the order of the request; empty when <see cref="ErrorCode"/> is not 0.</summary>
    [Id(1)] public short[] MemberErrorCodes { get; init; } = [];
}
