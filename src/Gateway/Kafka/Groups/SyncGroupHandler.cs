using Actors.Grains.Groups;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Hands the leader's assignments out; the answer waits until the leader has brought them and they are durable.</summary>
public sealed class SyncGroupHandler(GroupCoordinator groups) : MessageHandler<SyncGroupRequest>
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
    protected override async ValueTask<IKafkaResponse> AnswerAsync(SyncGroupRequest message, KafkaRequest request, CancellationToken token)
    {
        var answer = await groups.SyncAsync(message.GroupId, new GroupSync
        {
            GenerationId = message.GenerationId,
            MemberId = message.MemberId,
            GroupInstanceId = message.GroupInstanceId,
            ProtocolType = message.ProtocolType,
            ProtocolName = message.ProtocolName,
            Assignments = [.. message.Assignments.Select(assignment => new GroupAssignment { MemberId = assignment.MemberId, Assignment = assignment.Assignment })],
        }, request.Hurry);
        return new SyncGroupResponse
        {
            ErrorCode = (ErrorCode)answer.ErrorCode,
            ProtocolType = answer.ProtocolType,
            ProtocolName = answer.ProtocolName,
            Assignment = answer.Assignment,
        };
    }
}
