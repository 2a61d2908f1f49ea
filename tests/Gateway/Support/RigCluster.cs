using Actors.Grains;
using Actors.Grains.Tests.Topics;
using Orleans.Hosting;

namespace Actors.Gateway.Tests.Support;

/// <summary>What makes a rig a node of a cluster.</summary>
/// <param name="Topics">The store that all nodes share.</param>
/// <param name="Broker">The node, and where clients reach it.</param>
/// <param name="Configure">Makes its silo a member.</param>
public sealed record RigCluster(MemoryTopicStore Topics, Broker Broker, Action<ISiloBuilder> Configure);
