namespace Actors.Grains;

/// <summary>
/// The topic store knows this node with other logs than those that are here: the data directory was replaced or emptied.
/// Starting with it would serve partitions as empty whose records were acknowledged.
/// </summary>
public sealed class StorageReplacedException(int nodeId, Guid expected, Guid found) : Exception(
    $"Node {nodeId} had the log storage {expected:D} at its last start, and finds {found:D} now. If another silo is node {nodeId}, give this one a "
    + "number of its own with --Silo:NodeId=…. If its data directory was replaced, put the former one back. If its records are really gone, "
    + $"give them up on the machine of another silo of the cluster, with 'actors nodes accept-storage {nodeId} {found:D}', and start this one again; a silo that is alone, "
    + "or whose cluster does not run, starts with an empty topic store too.")
{
    public int NodeId { get; } = nodeId;
    public Guid Expected { get; } = expected;
    public Guid Found { get; } = found;
}
