namespace Actors.Grains;

/// <summary>A node that lives.</summary>
/// <param name="Id">Its number, the same over all its runs.</param>
/// <param name="Run">Which process it is now, as text that no other run of the node has.</param>
public readonly record struct ClusterNode(int Id, string Run);
