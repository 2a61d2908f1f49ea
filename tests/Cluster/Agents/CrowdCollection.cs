namespace Actors.Cluster.Tests.Agents;

/// <summary>Tests with thousands of connections: nothing runs beside them, so that a silo is not taken for dead because it gets no processor.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CrowdCollection
{
    public const string Name = "crowd";
}
