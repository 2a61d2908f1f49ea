namespace Actors.Cli.Nodes;

/// <summary>Result of <c>nodes list</c>.</summary>
/// <param name="Nodes">By number.</param>
public sealed record NodeList(IReadOnlyList<NodeView> Nodes);

/// <summary>A node that has started at least once.</summary>
/// <param name="NodeId">Its number.</param>
/// <param name="IsLive">Whether its silo is a member of the cluster now.</param>
/// <param name="Starts">How often it has started.</param>
/// <param name="StorageId">The log storage that it has to come with.</param>
public sealed record NodeView(int NodeId, bool IsLive, long Starts, Guid StorageId);
