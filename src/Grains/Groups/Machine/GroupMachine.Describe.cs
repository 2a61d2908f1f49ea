namespace Actors.Grains.Groups;

/// <content>DescribeGroups, ListGroups.</content>
public sealed partial class GroupMachine
{
    /// <summary>The group as an administrator sees it; one that nobody knows is Dead.</summary>
    public GroupDescription Describe()
    {
        var stable = State is GroupState.Stable;
        return new GroupDescription
        {
            GroupId = GroupId,
            State = (Exists ? State : GroupState.Dead).ToString(),
            ProtocolType = ProtocolType,
            Protocol = stable ? _protocol ?? "" : "",
            Members = [.. MembersInOrder().Select(member => new GroupDescribedMember
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                Metadata = stable ? member.MetadataFor(_protocol) : default,
                Assignment = stable ? member.Assignment : default,
            })],
        };
    }

    /// <summary>The group in one line, or null when nobody knows it.</summary>
    public GroupOverview? Overview() => Exists
        ? new GroupOverview { GroupId = GroupId, ProtocolType = ProtocolType, State = State.ToString() }
        : null;
}
