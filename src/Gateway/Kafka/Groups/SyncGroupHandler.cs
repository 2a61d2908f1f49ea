using Actors.Grains.Groups;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Hands the leader's assignments out; the answer waits until the leader has brought them and they are durable.</summary>
public sealed class SyncGroupHandler(GroupCoordinator groups, GroupOptions options) : MessageHandler<SyncGroupRequest>
{
    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.SyncGroup;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 5;

    /// <inheritdoc/>
    public override bool Overlaps => true;

    /// <inheritdoc/>
    protected override ValueTask<IKafkaResponse> AnswerAsync(SyncGroupRequest message, KafkaRequest request, CancellationToken token)
    {
        var sync = new GroupSync
        {
            GenerationId = message.GenerationId,
            MemberId = message.MemberId,
            GroupInstanceId = message.GroupInstanceId,
            ProtocolType = message.ProtocolType,
            ProtocolName = message.ProtocolName,
            // Copied, since the group keeps them while their members live, and would keep the whole request with them.
            Assignments = [.. message.Assignments.Select(assignment => new GroupAssignment { MemberId = assignment.MemberId, Assignment = assignment.Assignment.ToArray() })],
        };
        // With more, a leader waits for the log alone, and nobody else waits at all.
        if (options.Allows(sync))
        {
            request.Forget(GroupLimits.BytesOf(sync));
        }

        return SyncAsync(message.GroupId, sync, request.Hurry);
    }

    private async ValueTask<IKafkaResponse> SyncAsync(string groupId, GroupSync sync, CancellationToken hurry)
    {
        var answer = await groups.SyncAsync(groupId, sync, hurry);
        return new SyncGroupResponse
        {
            ErrorCode = (ErrorCode)answer.ErrorCode,
            ProtocolType = answer.ProtocolType,
            ProtocolName = answer.ProtocolName,
            Assignment = answer.Assignment,
        };
    }
}
