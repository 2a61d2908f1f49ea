using Actors.Grains.Agents;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Grains.Tests.Agents;

/// <summary>What every store of peers and tunnels does: versions decide, whatever the order, and reads show both directions.</summary>
public abstract class PeerRowsCompliance
{
    private static readonly PeerExpiry Expiry = new(ClosedBeforeUtcMs: 2_000, EndedBeforeUtcMs: 1_000);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A store without rows.</summary>
    protected abstract Task<IAgentPeerRows> OpenAsync();

    [Fact]
    public async Task Nothing_is_known_of_a_peer_that_never_was()
    {
        var store = await OpenAsync();
        var rows = await store.ReadAsync([Peer(2), Peer(1)], Token);
        Assert.Equal([Peer(2), Peer(1)], rows.Select(row => row.Peer));
        Assert.All(rows, row => Assert.True(row is { Row: null, Outgoing.Count: 0, Incoming.Count: 0 }));
        Assert.Empty(await store.ReadAsync([], Token));
        await store.WritePeersAsync([], Token);
        await store.WriteTunnelsAsync([], Token);
    }

    [Fact]
    public async Task What_is_written_is_read_whole_and_in_both_directions()
    {
        var store = await OpenAsync();
        var row = new PeerRow(Peer(1), new(long.MaxValue - 5, PeerVersion.GoneSequence), new(7, int.MaxValue, long.MaxValue), 1_700_000_000_123);
        var open = Tunnel(1, 2, 5, 1);
        var closed = Tunnel(3, 1, 6, 9, isOpen: false);
        await store.WritePeersAsync([row], Token);
        await store.WriteTunnelsAsync([open, closed], Token);

        var rows = await store.ReadAsync([.. Enumerable.Range(0, IAgentPeerRows.MaxPeers).Select(Peer)], Token);

        Assert.Equal((row, open, closed), (rows[1].Row, Assert.Single(rows[1].Outgoing), Assert.Single(rows[1].Incoming)));
        Assert.Equal(open, Assert.Single(rows[2].Incoming));
        Assert.Equal(closed, Assert.Single(rows[3].Outgoing));
        Assert.True(rows[2].Row is null && rows[2].Outgoing.Count == 0 && rows[3].Incoming.Count == 0);
    }

    [Theory]
    [InlineData(5, 7, false)]
    [InlineData(5, 6, false)]
    [InlineData(4, PeerVersion.GoneSequence, false)]
    [InlineData(5, 8, true)]
    [InlineData(6, 0, true)]
    [InlineData(5, PeerVersion.LostSequence, true)]
    public async Task Only_a_higher_version_takes_a_rows_place(long epoch, long sequence, bool isTaken)
    {
        var store = await OpenAsync();
        var (peer, tunnel) = (Row(1, 5, 7), Tunnel(1, 2, 5, 7));
        await store.WritePeersAsync([peer], Token);
        await store.WriteTunnelsAsync([tunnel], Token);
        var nextPeer = new PeerRow(Peer(1), new(epoch, sequence), new(2, 3, 4), 99);
        var nextTunnel = Tunnel(1, 2, epoch, sequence, isOpen: false, atUtcMs: 99);

        await store.WritePeersAsync([nextPeer], Token);
        await store.WriteTunnelsAsync([nextTunnel], Token);

        var stored = (await store.ReadAsync([Peer(1)], Token))[0];
        Assert.Equal(isTaken ? (nextPeer, nextTunnel) : (peer, tunnel), (stored.Row, Assert.Single(stored.Outgoing)));
    }

    [Fact]
    public async Task Of_two_rows_of_one_key_in_one_write_the_newer_counts()
    {
        var store = await OpenAsync();
        await store.WritePeersAsync([Row(1, 5, 1), Row(1, 6, 0), Row(2, 1, 1), Row(1, 5, 9)], Token);
        await store.WriteTunnelsAsync([Tunnel(1, 2, 5, 1), Tunnel(1, 2, 5, 2, isOpen: false), Tunnel(2, 1, 9, 9), Tunnel(1, 2, 4, 9)], Token);
        var stored = (await store.ReadAsync([Peer(1)], Token))[0];
        Assert.Equal((Row(1, 6, 0), Tunnel(1, 2, 5, 2, isOpen: false)), (stored.Row, Assert.Single(stored.Outgoing)));
    }

    [Fact]
    public async Task A_full_statement_is_taken_and_more_is_refused()
    {
        var store = await OpenAsync();
        await store.WriteTunnelsAsync([.. Enumerable.Range(0, IAgentPeerRows.MaxRows).Select(number => Tunnel(1, 10 + number, 1, 1))], Token);
        Assert.Equal(IAgentPeerRows.MaxRows, (await store.ReadAsync([Peer(1)], Token))[0].Outgoing.Count);
        var tooMany = Enumerable.Range(0, IAgentPeerRows.MaxRows + 1).ToArray();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.WriteTunnelsAsync([.. tooMany.Select(number => Tunnel(1, number, 1, 1))], Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.WritePeersAsync([.. tooMany.Select(number => Row(number, 1, 1))], Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.ReadAsync([.. Enumerable.Range(0, IAgentPeerRows.MaxPeers + 1).Select(Peer)], Token));
    }

    [Fact]
    public async Task Peers_of_silos_that_ended_are_found_until_their_end_is_stored()
    {
        var store = await OpenAsync();
        await store.WritePeersAsync(
            [Row(1, 1, 0, node: 1, run: 1), Row(2, 1, 0, node: 1, run: 2), Row(3, 1, 0, node: 2, run: 1), Row(4, 1, PeerVersion.LostSequence, node: 3), Row(5, 1, 0, node: 3)],
            Token);
        GatewayRun[] living = [new(1, 2, 0), new(2, 1, 99)];
        Assert.Equal([Peer(1), Peer(5)], await store.ListLiveElsewhereAsync(living, null, 10, Token));
        Assert.Equal([Peer(1)], await store.ListLiveElsewhereAsync(living, null, 1, Token));
        Assert.Equal([Peer(5)], await store.ListLiveElsewhereAsync(living, Peer(1), 10, Token));
        Assert.Equal([Peer(1), Peer(2), Peer(3), Peer(5)], await store.ListLiveElsewhereAsync([], null, 10, Token));
        await store.WritePeersAsync([Row(1, 1, PeerVersion.LostSequence), Row(5, 1, PeerVersion.GoneSequence)], Token);
        Assert.Empty(await store.ListLiveElsewhereAsync(living, null, 10, Token));
    }

    [Fact]
    public async Task Peers_of_a_silo_that_ended_and_who_do_not_come_back_are_lost_in_the_store_too()
    {
        var store = await OpenAsync();
        await store.WritePeersAsync([.. Enumerable.Range(1, 23).Select(number => Row(number, 1, 0, node: number % 3 == 0 ? 1 : 2))], Token);
        await store.WriteTunnelsAsync([.. Enumerable.Range(1, 23).Select(number => Tunnel(number, 99, 1, 1))], Token);
        var views = new FixedViews(new AgentView(9, new HashSet<(int, int)> { (1, 1) }));
        var asked = new List<Guid>();
        var settler = new PeerSettler(
            store,
            views,
            async peer =>
            {
                asked.Add(peer);
                if (peer == Peer(4))
                    throw new TimeoutException("It is not reached this time.");
                await SettleAsync(store, peer, views.Current);
            },
            new AgentCleanerOptions { MaxPeers = 5, Pause = TimeSpan.Zero },
            TimeProvider.System,
            NullLogger<PeerSettler>.Instance);
        Assert.Equal(16, await settler.SettleAsync(Token));
        Assert.Equal(16, asked.Distinct().Count());
        GatewayRun[] living = [new(1, 1, 0)];
        Assert.Equal([Peer(4)], await store.ListLiveElsewhereAsync(living, null, 10, Token));
        var rows = await store.ReadAsync([Peer(1), Peer(3)], Token);
        Assert.Equal((PeerVersion.LostSequence, 0), (rows[0].Row!.Version.Sequence, rows[1].Row!.Version.Sequence));
        Assert.True(Assert.Single(rows[0].Outgoing).State.IsOpen);
        Assert.Equal(1, await settler.SettleAsync(Token));
    }

    [Fact]
    public async Task Closed_tunnels_go_after_their_time_and_open_ones_stay()
    {
        var store = await OpenAsync();
        await store.WritePeersAsync([Row(1, 5, 0)], Token);
        await store.WriteTunnelsAsync([Tunnel(1, 2, 5, 1, isOpen: false, 1_999), Tunnel(1, 3, 5, 2, isOpen: false, 2_000), Tunnel(1, 4, 5, 3, atUtcMs: 1)], Token);
        Assert.Equal(1, await store.RemoveExpiredAsync(Expiry, 100, Token));
        Assert.Equal([Peer(3), Peer(4)], (await store.ReadAsync([Peer(1)], Token))[0].Outgoing.Select(row => row.Destination).Order());
    }

    [Fact]
    public async Task A_peer_that_ended_long_ago_goes_with_the_tunnels_it_had()
    {
        var store = await OpenAsync();
        await store.WritePeersAsync(
            [Row(1, 5, PeerVersion.LostSequence, atUtcMs: 999), Row(2, 5, PeerVersion.GoneSequence, atUtcMs: 1_000), Row(3, 5, 0, atUtcMs: 1)], Token);
        await store.WriteTunnelsAsync([Tunnel(1, 9, 5, 1, atUtcMs: 5), Tunnel(2, 9, 5, 1, atUtcMs: 5), Tunnel(3, 9, 5, 1, atUtcMs: 5), Tunnel(3, 1, 5, 1, atUtcMs: 5)], Token);

        await RemoveAllAsync(store, 100);

        Assert.Equal([null, 2, 3], (await store.ReadAsync([Peer(1), Peer(2), Peer(3)], Token)).Select(rows => rows.Row is { } row ? Number(row.Peer) : default(int?)));
        Assert.Equal([2, 3], (await store.ReadAsync([Peer(9)], Token))[0].Incoming.Select(row => Number(row.Source)).Order());
        Assert.Single((await store.ReadAsync([Peer(1)], Token))[0].Incoming);
    }

    [Fact]
    public async Task A_tunnel_of_a_later_connection_whose_row_is_not_written_yet_stays()
    {
        var store = await OpenAsync();
        await store.WritePeersAsync([Row(1, 5, PeerVersion.LostSequence, atUtcMs: 1)], Token);
        await store.WriteTunnelsAsync([Tunnel(1, 2, 6, 1, atUtcMs: 1_500)], Token);
        Assert.Equal(0, await store.RemoveExpiredAsync(Expiry, 100, Token));
    }

    [Fact]
    public async Task Tunnels_of_a_peer_without_a_row_go_after_their_time()
    {
        var store = await OpenAsync();
        await store.WriteTunnelsAsync([Tunnel(1, 2, 5, 1, atUtcMs: 999), Tunnel(1, 3, 5, 1, atUtcMs: 1_000)], Token);
        Assert.Equal(1, await store.RemoveExpiredAsync(Expiry, 100, Token));
        Assert.Equal(Peer(3), Assert.Single((await store.ReadAsync([Peer(1)], Token))[0].Outgoing).Destination);
    }

    [Fact]
    public async Task Old_rows_go_in_chunks()
    {
        var store = await OpenAsync();
        await store.WritePeersAsync([.. Enumerable.Range(1, 25).Select(number => Row(number, 1, PeerVersion.GoneSequence, atUtcMs: 1))], Token);
        await store.WriteTunnelsAsync([.. Enumerable.Range(1, 25).Select(number => Tunnel(number, 99, 1, 1, atUtcMs: 1))], Token);
        Assert.InRange(await store.RemoveExpiredAsync(Expiry, 10, Token), 1, 20);
        Assert.InRange(await RemoveAllAsync(store, 10), 30, 49);
        Assert.All(await store.ReadAsync([Peer(1), Peer(25), Peer(99)], Token), rows => Assert.True(rows is { Row: null, Incoming.Count: 0, Outgoing.Count: 0 }));
    }

    protected static Guid Peer(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 1]);

    private static int Number(Guid peer) => int.Parse(peer.ToString()[..8], System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    private static PeerRow Row(int peer, long epoch, long sequence, int node = 1, int run = 1, long atUtcMs = 10) => new(Peer(peer), new(epoch, sequence), new(node, run, 1), atUtcMs);

    private static TunnelRow Tunnel(int source, int destination, long epoch, long sequence, bool isOpen = true, long atUtcMs = 10) =>
        new(Peer(source), Peer(destination), new(new(epoch, sequence), isOpen), atUtcMs);

    private static async Task<int> RemoveAllAsync(IAgentPeerRows store, int maxRows)
    {
        var all = 0;
        for (var removed = 1; removed > 0; all += removed) removed = await store.RemoveExpiredAsync(Expiry, maxRows, Token);
        return all;
    }

    /// <summary>What a peer's grain does when it is asked something.</summary>
    private static async Task SettleAsync(IAgentPeerRows store, Guid peer, AgentView view)
    {
        var machine = new PeerMachine(peer, new PeerOptions(), view, new Random(1));
        var now = new PeerNow(1, 5_000);
        machine.Tick(now);
        for (var effects = machine.TakeEffects(); effects.Length > 0; effects = machine.TakeEffects())
        {
            foreach (var effect in effects)
            {
                if (effect is PeerEffect.Read)
                    machine.ReadEnded((await store.ReadAsync([peer], Token))[0], now);
                if (effect is not PeerEffect.Write write)
                    continue;
                await store.WritePeersAsync(write.Row is null ? [] : [write.Row], Token);
                await store.WriteTunnelsAsync(write.Tunnels, Token);
                machine.WriteEnded(write, isDone: true, now);
            }
        }

        Assert.True(machine.IsStored);
    }
}
