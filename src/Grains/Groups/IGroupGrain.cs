using System.Globalization;
using Orleans;

namespace Actors.Grains.Groups;

/// <summary>
/// The coordinator of one classic consumer group on the node that leads its partition of <c>__consumer_offsets</c>. The key is
/// <see cref="KeyOf"/>. Error codes are Kafka's; callers go through <see cref="GroupCoordinator"/>.
/// </summary>
[Alias("actors.group")]
public interface IGroupGrain : IGrainWithStringKey
{
    /// <summary>A member joins; waits for the generation.</summary>
    [Alias("join"), ResponseTimeout("01:00:00")]
    Task<GroupJoinAnswer> Join(GroupJoin join);

    /// <summary>A member asks for its assignment; waits for the leader and for the disk.</summary>
    [Alias("sync"), ResponseTimeout("01:00:00")]
    Task<GroupSyncAnswer> Sync(GroupSync sync);

    /// <summary>A member says that it lives.</summary>
    [Alias("heartbeat")]
    Task<short> Heartbeat(GroupHeartbeat heartbeat);

    /// <summary>Members leave.</summary>
    [Alias("leave")]
    Task<GroupLeaveAnswer> Leave(GroupLeave leave);

    /// <summary>Offsets to remember; waits for the disk.</summary>
    [Alias("commit")]
    Task<GroupCommitAnswer> Commit(GroupCommit commit);

    /// <summary>What is committed.</summary>
    [Alias("fetch")]
    Task<GroupFetchAnswer> Fetch(GroupFetch fetch);

    /// <summary>What an administrator sees.</summary>
    [Alias("describe")]
    Task<GroupDescription> Describe();

    /// <summary>Forgets a group without members; waits for the disk.</summary>
    [Alias("delete")]
    Task<short> Delete();

    /// <summary>Wakes the group so that its members' time-outs run, and forgets what is older than the retention.</summary>
    [Alias("look-after")]
    Task<short> LookAfter();

    /// <summary>Forgets what was committed for topics that are gone; waits for the disk.</summary>
    [Alias("forget-topics")]
    Task<short> ForgetTopics(string[] topics);

    /// <summary>Answers everybody who waits with NOT_COORDINATOR and forgets; the next call reads the log's image again.</summary>
    [Alias("let-go")]
    Task LetGo();

    /// <summary>The key of the coordinator of a group on a node.</summary>
    static string KeyOf(string groupId, int nodeId) => string.Create(CultureInfo.InvariantCulture, $"{groupId}@{nodeId}");
}
