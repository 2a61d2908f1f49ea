using Actors.Grains.Groups;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Shows groups with their members; each once, however often it is named.</summary>
public sealed class DescribeGroupsHandler(GroupCoordinator groups) : MessageHandler<DescribeGroupsRequest>
{
    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.DescribeGroups;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 5;

    /// <inheritdoc/>
    protected override async ValueTask<IKafkaResponse> AnswerAsync(DescribeGroupsRequest message, KafkaRequest request, CancellationToken token)
    {
        var response = new DescribeGroupsResponse();
        foreach (var groupId in message.Groups.Distinct(StringComparer.Ordinal))
        {
            response.Groups.Add(ToGroup(groupId, await groups.DescribeAsync(groupId)));
        }

        return response;
    }

    private static DescribeGroupsResponse.DescribedGroup ToGroup(string groupId, GroupDescription description) => new()
    {
        ErrorCode = (ErrorCode)description.ErrorCode,
        GroupId = groupId,
        GroupState = description.State,
        ProtocolType = description.ProtocolType,
        ProtocolData = description.Protocol,
        Members =
        [
            .. description.Members.Select(member => new DescribeGroupsResponse.DescribedGroupMember
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.GroupInstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                MemberMetadata = member.Metadata,
                MemberAssignment = member.Assignment,
            }),
        ],
    };
}
