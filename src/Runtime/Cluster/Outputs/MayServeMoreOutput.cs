namespace Actors.Runtime.Cluster;

/// <summary>Grains for which calls wait may be activated now: ask again.</summary>
internal sealed record MayServeMoreOutput : ClusterOutput;
