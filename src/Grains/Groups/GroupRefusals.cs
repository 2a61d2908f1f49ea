using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <summary>Answers that only say no.</summary>
internal static class GroupRefusals
{
    public static GroupJoinAnswer Join(GroupJoin join, ErrorCode error) => new() { ErrorCode = (short)error, MemberId = join.MemberId };

    public static GroupSyncAnswer Sync(ErrorCode error) => new() { ErrorCode = (short)error };

    public static GroupLeaveAnswer Leave(ErrorCode error) => new() { ErrorCode = (short)error };

    /// <summary>A group that nobody knows has none of these members.</summary>
    public static GroupLeaveAnswer LeaveUnknown(GroupLeave leave)
    {
        var codes = new short[leave.Members.Length];
        Array.Fill(codes, (short)ErrorCode.UnknownMemberId);
        return new GroupLeaveAnswer { MemberErrorCodes = codes };
    }

    public static GroupCommitAnswer Commit(GroupCommit commit, ErrorCode error)
    {
        var codes = new short[commit.Offsets.Length];
        Array.Fill(codes, (short)error);
        return new GroupCommitAnswer { ErrorCodes = codes };
    }

    public static GroupFetchAnswer Fetch(ErrorCode error) => new() { ErrorCode = (short)error };

    /// <summary>A group that nobody knows has committed nothing, and that is no error.</summary>
    public static GroupFetchAnswer FetchUnknown(GroupFetch fetch) => new()
    {
        Offsets = [.. (fetch.Partitions ?? []).Select(partition => new GroupFetchedOffset { Topic = partition.Topic, Partition = partition.Partition })],
    };

    public static GroupDescription Description(string groupId, ErrorCode error) => new() { GroupId = groupId, ErrorCode = (short)error };

    public static GroupDescription DescriptionUnknown(string groupId) => new() { GroupId = groupId, State = nameof(GroupState.Dead) };
}
