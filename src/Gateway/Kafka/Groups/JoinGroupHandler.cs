using Actors.Grains.Groups;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Brings a member into a group; the answer waits until the group has agreed. Source: KIP-62, KIP-345, KIP-394, KIP-814.</summary>
public sealed class JoinGroupHandler(GroupCoordinator groups, GroupOptions options) : MessageHandler<JoinGroupRequest>
{
    /// <summary>As long as clients of Kafka make it (KIP-800).</summary>
    private const int LongestReason = 255;

    private const short FirstVersionWithKnownMemberIds = 4;
    private const short FirstVersionWithProtocolType = 7;
    private const short FirstVersionWithSkippedAssignment = 9;

    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.JoinGroup;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 9;

    /// <inheritdoc/>
    public override bool Overlaps => true;

    /// <inheritdoc/>
    protected override ValueTask<IKafkaResponse> AnswerAsync(JoinGroupRequest message, KafkaRequest request, CancellationToken token)
    {
        var join = new GroupJoin
        {
            MemberId = message.MemberId,
            GroupInstanceId = message.GroupInstanceId,
            ClientId = request.Header.ClientId ?? string.Empty,
            ClientHost = request.Client.Host,
            SessionTimeoutMs = message.SessionTimeoutMs,
            RebalanceTimeoutMs = message.RebalanceTimeoutMs,
            ProtocolType = message.ProtocolType,
            // Copied, since the group keeps it while the member lives, and would keep the whole request with it.
            Protocols = [.. message.Protocols.Select(protocol => new GroupProtocol { Name = protocol.Name, Metadata = protocol.Metadata.ToArray() })],
            RequiresKnownMemberId = request.Version >= FirstVersionWithKnownMemberIds,
            SupportsSkipAssignment = request.Version >= FirstVersionWithSkippedAssignment,
            Reason = message.Reason is { Length: > LongestReason } reason ? reason[..LongestReason] : message.Reason,
        };
        // What is more is refused, and does not wait.
        if (options.Allows(join))
        {
            request.Forget(GroupLimits.BytesOf(join));
        }

        return JoinAsync(message.GroupId, join, request);
    }

    private async ValueTask<IKafkaResponse> JoinAsync(string groupId, GroupJoin join, KafkaRequest request)
    {
        var answer = await groups.JoinAsync(groupId, join, request.Hurry);
        return new JoinGroupResponse
        {
            ErrorCode = (ErrorCode)answer.ErrorCode,
            GenerationId = answer.GenerationId,
            ProtocolType = answer.ProtocolType,
            // Older versions cannot leave the name out.
            ProtocolName = request.Version >= FirstVersionWithProtocolType ? answer.ProtocolName : answer.ProtocolName ?? string.Empty,
            Leader = answer.Leader,
            SkipAssignment = answer.SkipAssignment && request.Version >= FirstVersionWithSkippedAssignment,
            MemberId = answer.MemberId,
            Members =
            [
                .. answer.Members.Select(member => new JoinGroupResponse.JoinGroupResponseMember
                {
                    MemberId = member.MemberId,
                    GroupInstanceId = member.GroupInstanceId,
                    Metadata = member.Metadata,
                }),
            ],
        };
    }
}
