using System.Globalization;
using Actors.Grains.Agents;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Actors.Grains.Tests.Agents.House;

/// <summary>What a silo with peers of the hub has: their grains, sockets that are objects of the test, and rows that all silos of the test share.</summary>
internal sealed class HubConfigurator : ISiloConfigurator
{
    /// <summary>The rows of the silos that are made by the present test.</summary>
    private static readonly AsyncLocal<SharedRows?> Present = new();

    public static SharedRows ShareRows() => Present.Value = new SharedRows();

    public void Configure(ISiloBuilder siloBuilder) => siloBuilder.Services
        .AddMetrics()
        .AddSingleton(TimeProvider.System)
        .AddSingleton<IAgentPeerLookups>(Present.Value!)
        .AddSingleton<HubSockets>()
        .AddSingleton<IAgentSockets>(static silo => silo.GetRequiredService<HubSockets>())
        .AddSingleton<IClusterNodes>(static silo => silo.GetService<IClusterMembershipService>() is { } membership ? new MembershipNodes(membership) : new SingleNode(0))
        .AddSingleton<IBrokerDirectory>(static silo => new Directory(silo.GetRequiredService<ILocalSiloDetails>().Name))
        .AddSingleton(new IdSource(new Random(5).NextBytes))
        .AddSingleton(new PeerOptions
        {
            LostGraceMs = 100,
            CompareEveryMs = 500,
            AttachWithinMs = 500,
            ForgetAfterMs = 2_000,
            RetryMs = 20,
            MaxRetryMs = 500,
        })
        .AddAgentPeers();

    private sealed class Directory(string siloName) : IBrokerDirectory
    {
        public int LocalNodeId { get; } = siloName == "Primary" ? 0 : int.Parse(siloName["Secondary_".Length..], CultureInfo.InvariantCulture);

        public IReadOnlyList<Broker> LiveBrokers => [];

        public int ControllerId => -1;
    }
}
