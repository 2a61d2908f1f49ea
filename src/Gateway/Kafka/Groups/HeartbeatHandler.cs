using Actors.Grains.Groups;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Says that a member lives, and hears whether its group still stands.</summary>
public sealed class HeartbeatHandler(GroupCoordinator groups) : MessageHandler<HeartbeatRequest>
{
    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.Heartbeat;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 4;

    /// <inheritdoc/>
    protected override async ValueTask<IKafkaResponse> AnswerAsync(HeartbeatRequest message, KafkaRequest request, CancellationToken token) => new HeartbeatResponse
    {
        ErrorCode = await groups.HeartbeatAsync(message.GroupId, new GroupHeartbeat
        {
            GenerationId = message.GenerationId,
            MemberId = message.MemberId,
            GroupInstanceId = message.GroupInstanceId,
        }),
    };
}
