namespace Actors.Runtime.Cluster;

/// <summary>Calls are routed by this view from now on; grains whose home is elsewhere are ended.</summary>
internal sealed record InstalledOutput(ClusterView View) : ClusterOutput;
