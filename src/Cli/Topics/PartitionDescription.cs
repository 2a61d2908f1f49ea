namespace Actors.Cli.Topics;

/// <summary>One partition in <c>topics describe</c>.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Leader">The node that leads it, or -1.</param>
/// <param name="LeaderEpoch">How often leadership has changed, or -1 where the broker does not tell.</param>
/// <param name="Replicas">The nodes that keep it.</param>
/// <param name="InSync">Those of them that have everything.</param>
/// <param name="StartOffset">The first offset that is kept; null when the leader cannot be asked.</param>
/// <param name="EndOffset">The offset after the last one that consumers see; null when the leader cannot be asked.</param>
public sealed record PartitionDescription(
    int Index, int Leader, int LeaderEpoch, IReadOnlyList<int> Replicas, IReadOnlyList<int> InSync, long? StartOffset, long? EndOffset);
