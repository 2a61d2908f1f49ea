namespace Actors.Runtime.Cluster;

/// <summary>What the cluster machine wants done. Outputs are done in their order.</summary>
internal abstract record ClusterOutput;
