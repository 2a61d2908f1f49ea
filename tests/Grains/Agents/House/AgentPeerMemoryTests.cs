using Actors.Agents;
using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;
using Actors.Runtime.Tests.Clusters;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.TestingHost;

namespace Actors.Grains.Tests.Agents.House;

/// <summary>What a connection costs in the heap beyond its socket and its session: the activation, its machine, and a neighbour.</summary>
[Collection(MemoryMeasurement.Name)]
public sealed class AgentPeerMemoryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int MaxBytesPerConnection = 6 * 1024;
    private const int NodeBytes = 300;
    private TestCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        HubConfigurator.ShareRows();
        var builder = new TestClusterBuilder(1);
        builder.Options.BaseSiloPort = PortRange.Next(1);
        builder.AddSiloBuilderConfigurator<HubConfigurator>();
        builder.AddSiloBuilderConfigurator<NothingKept>();
        _cluster = builder.Build();
        await TestGuard.SoonAsync(_cluster.DeployAsync(), "the silo starts");
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_connection_with_a_tunnel_takes_little_of_the_heap()
    {
        await ConnectPairsAsync(0, 500);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await ConnectPairsAsync(500, 2_500);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (2 * 2_000);
        output.WriteLine($"{bytes} bytes of the managed heap per connection, with a node record of {NodeBytes} bytes and one neighbour");
        Assert.InRange(bytes, 1, MaxBytesPerConnection);
    }

    private async Task ConnectPairsAsync(int from, int to)
    {
        for (var number = from; number < to; number++)
        {
            await ConnectAsync(Id(number, 1), tunnelTo: null);
            await ConnectAsync(Id(number, 2), tunnelTo: Id(number, 1));
        }

        for (var number = from; number < to; number++)
        {
            await KnowsOfAsync(Id(number, 1), Id(number, 2));
            await KnowsOfAsync(Id(number, 2), Id(number, 1));
        }
    }

    private async Task ConnectAsync(Guid peer, Guid? tunnelTo)
    {
        var grain = Grain(peer);
        var report = new SessionReport
        {
            Epoch = await grain.Connect(0),
            Gateway = _cluster.ServiceProvider.GetRequiredService<IAgentViews>().Local,
            Attachment = 1,
            IsWhole = true,
            NodeSequence = 2,
            Node = new byte[NodeBytes],
            Tunnels = tunnelTo is { } other ? [new SessionTunnel(other, 1, IsOpen: true)] : [],
        };
        Assert.Equal(ReportOutcome.Taken, (await grain.Report(report)).Outcome);
    }

    private Task KnowsOfAsync(Guid peer, Guid other) => TestGuard.UntilAsync(
        async () =>
        {
            var described = await Grain(peer).Describe();
            return described is { IsStored: true, Neighbours: [{ Version.Sequence: 2 } neighbour] } && neighbour.Peer == other;
        },
        $"{peer} knows of {other}");

    private IAgentPeerGrain Grain(Guid peer) => _cluster.GrainFactory.GetGrain<IAgentPeerGrain>(IAgentPeerGrain.KeyOf(peer));

    private static Guid Id(int number, byte kind) => new(number + 1, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, kind]);

    /// <summary>Rows and sockets that take no memory of their own. Neighbours do not compare while the heap is weighed.</summary>
    private sealed class NothingKept : ISiloConfigurator, IAgentPeerLookups, IAgentSockets
    {
        public void Configure(ISiloBuilder siloBuilder) => siloBuilder.Services
            .AddSingleton<IAgentPeerLookups>(this)
            .AddSingleton<IAgentSockets>(this)
            .AddSingleton(new PeerOptions());

        public Task<PeerRows> ReadAsync(Guid peer, CancellationToken token) => Task.FromResult(new PeerRows(peer, null, [], []));

        public Task WriteAsync(PeerEffect.Write write, CancellationToken token) => Task.CompletedTask;

        public ShowOutcome Show(Guid peer, PeerShow show) => ShowOutcome.Taken;

        public void Drop(Guid peer, long epoch, AgentCloseCode code) => Assert.Fail($"{peer} is dropped: {code}.");

        public bool Holds(Guid peer, long epoch) => true;
    }
}
