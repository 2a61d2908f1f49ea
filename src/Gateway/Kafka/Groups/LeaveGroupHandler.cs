using Actors.Grains.Groups;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Takes members out of a group: one before version 3, many from then on. Source: KIP-345.</summary>
public sealed class LeaveGroupHandler(GroupCoordinator groups) : MessageHandler<LeaveGroupRequest>
{
    private const short FirstVersionWithManyMembers = 3;

    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.LeaveGroup;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 5;

    /// <inheritdoc/>
    protected override async ValueTask<IKafkaResponse> AnswerAsync(LeaveGroupRequest message, KafkaRequest request, CancellationToken token)
    {
        if (request.Version < FirstVersionWithManyMembers)
        {
            var single = await groups.LeaveAsync(message.GroupId, new GroupLeave { Members = [new GroupLeavingMember { MemberId = message.MemberId }] });
            return new LeaveGroupResponse { ErrorCode = (ErrorCode)(single.ErrorCode != 0 ? single.ErrorCode : single.MemberErrorCodes.FirstOrDefault()) };
        }

        var leaving = message.Members
            .Select(member => new GroupLeavingMember { MemberId = member.MemberId, GroupInstanceId = member.GroupInstanceId, Reason = member.Reason })
            .ToArray();
        var answer = await groups.LeaveAsync(message.GroupId, new GroupLeave { Members = leaving });
        return new LeaveGroupResponse
        {
            ErrorCode = (ErrorCode)answer.ErrorCode,
            Members =
            [
                .. leaving.Zip(answer.MemberErrorCodes, (member, error) => new LeaveGroupResponse.MemberResponse
                {
                    MemberId = member.MemberId,
                    GroupInstanceId = member.GroupInstanceId,
                    ErrorCode = (ErrorCode)error,
                }),
            ],
        };
    }
}
