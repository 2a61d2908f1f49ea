using Actors.Grains.Groups;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Gateway.Kafka;

/// <summary>Lists the groups that this node coordinates. Source: KIP-518 for states, KIP-848 for types.</summary>
public sealed class ListGroupsHandler(GroupCoordinator groups) : MessageHandler<ListGroupsRequest>
{
    /// <inheritdoc/>
    public override ApiKey Key => ApiKey.ListGroups;

    /// <inheritdoc/>
    public override short MinVersion => 0;

    /// <inheritdoc/>
    public override short MaxVersion => 5;

    /// <inheritdoc/>
    protected override ValueTask<IKafkaResponse> AnswerAsync(ListGroupsRequest message, KafkaRequest request, CancellationToken token)
    {
        var listing = groups.List(message.StatesFilter, message.TypesFilter);
        return ValueTask.FromResult<IKafkaResponse>(new ListGroupsResponse
        {
            ErrorCode = listing.Error,
            Groups =
            [
                .. listing.Groups.Select(group => new ListGroupsResponse.ListedGroup
                {
                    GroupId = group.GroupId,
                    ProtocolType = group.ProtocolType,
                    GroupState = group.State,
                    GroupType = GroupListing.ClassicType,
                }),
            ],
        });
    }
}
