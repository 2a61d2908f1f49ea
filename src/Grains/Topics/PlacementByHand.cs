namespace Actors.Grains.Topics;

/// <summary>Checks the placement that a client chose itself.</summary>
internal static class PlacementByHand
{
    /// <summary>Why the placement is refused, as a sentence; null, and the nodes in partition order, when it is accepted.</summary>
    /// <param name="wished">In any order; partitions must be 0 to count - 1, all with the same number of different live nodes.</param>
    public static string? Check(
        IReadOnlyList<PartitionPlacement> wished, IReadOnlyList<int> liveNodeIds, out IReadOnlyList<IReadOnlyList<int>> placement)
    {
        var byIndex = new IReadOnlyList<int>?[wished.Count];
        placement = [];
        foreach (var partition in wished)
        {
            if ((uint)partition.Index >= (uint)byIndex.Length || byIndex[partition.Index] is not null)
                return "Partitions must be numbered from 0 without gap or repetition.";
            if (partition.NodeIds.Count == 0)
                return $"Partition {partition.Index} has no replicas.";
            if (partition.NodeIds.Count != wished[0].NodeIds.Count)
                return "All partitions must have the same number of replicas.";
            if (partition.NodeIds.Distinct().Count() != partition.NodeIds.Count)
                return $"Partition {partition.Index} names a node twice.";
            foreach (var nodeId in partition.NodeIds)
            {
                if (!liveNodeIds.Contains(nodeId))
                    return $"Partition {partition.Index} names node {nodeId}, which does not live.";
            }

            byIndex[partition.Index] = partition.NodeIds;
        }

        placement = byIndex!;
        return null;
    }
}
