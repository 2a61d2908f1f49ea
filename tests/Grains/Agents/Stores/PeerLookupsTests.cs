using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;

namespace Actors.Grains.Tests.Agents;

/// <summary>Reads and writes of many peers share queries and statements, as many at once as the options say, and none gets an answer that is older than its question.</summary>
public sealed class PeerLookupsTests
{
    private readonly HeldRows _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_reads_at_once_are_few_queries_of_at_most_fifty_peers()
    {
        var lookups = new PeerLookups(_store, new() { QuerierWorkers = 2 });
        await _store.Rows.WriteTunnelsAsync([Tunnel(5, 6, 1)], Token);
        var reads = Enumerable.Range(0, 1_000).Select(number => lookups.ReadAsync(Peer(number), Token)).ToArray();
        await TestGuard.UntilAsync(() => _store.Running == 2, "both workers read");
        _store.Open();
        var rows = await TestGuard.SoonAsync(Task.WhenAll(reads), "every answer");
        Assert.Equal(Enumerable.Range(0, 1_000).Select(Peer), rows.Select(row => row.Peer));
        Assert.Single(rows[5].Outgoing);
        Assert.Single(rows[6].Incoming);
        Assert.InRange(_store.Queries, 20, 22);
        Assert.Equal((50, 2), (_store.Largest, _store.MostRunning));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(3, 3)]
    public async Task As_many_queries_run_at_once_as_the_option_says_and_zero_is_the_default(int workers, int expected)
    {
        var lookups = new PeerLookups(_store, new() { QuerierWorkers = workers, BinderWorkers = workers });
        var reads = Enumerable.Range(0, 2_000).Select(number => lookups.ReadAsync(Peer(number), Token)).ToArray();
        await TestGuard.UntilAsync(() => _store.Running == expected, $"{expected} workers read");
        _store.Open();
        await TestGuard.SoonAsync(Task.WhenAll(reads), "every answer");
        Assert.Equal(expected, _store.MostRunning);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(3, 3)]
    public async Task As_many_writes_of_connections_run_at_once_as_there_are_binders(int workers, int expected)
    {
        var lookups = new PeerLookups(_store, new() { QuerierWorkers = 1, BinderWorkers = workers, TunnelerWorkers = 1 });
        await AssertRunningAsync(expected, number => lookups.WriteAsync(new(Row(number, 1), []), Token));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(3, 3)]
    public async Task As_many_writes_of_tunnels_run_at_once_as_there_are_tunnelers(int workers, int expected)
    {
        var lookups = new PeerLookups(_store, new() { QuerierWorkers = 1, BinderWorkers = 1, TunnelerWorkers = workers });
        await AssertRunningAsync(expected, number => lookups.WriteAsync(new(null, [Tunnel(number, number + 1, 1)]), Token));
    }

    [Fact]
    public async Task Reads_of_one_peer_share_an_answer_unless_it_would_be_older_than_the_question()
    {
        var lookups = new PeerLookups(_store, new() { QuerierWorkers = 4 });
        var before = lookups.ReadAsync(Peer(1), Token);
        await TestGuard.UntilAsync(() => _store.Running == 1, "the first read runs");
        await _store.Rows.WriteTunnelsAsync([Tunnel(1, 2, 1)], Token);
        var after = Enumerable.Range(0, 10).Select(_ => lookups.ReadAsync(Peer(1), Token)).ToArray();
        _store.Open();
        await TestGuard.SoonAsync(before, "the first answer");
        Assert.All(await TestGuard.SoonAsync(Task.WhenAll(after), "the others"), rows => Assert.Single(rows.Outgoing));
        Assert.Equal(2, _store.Queries);
    }

    [Fact]
    public async Task Writes_of_many_peers_share_statements_and_those_of_one_keep_their_order()
    {
        var lookups = new PeerLookups(_store, new() { BinderWorkers = 1, TunnelerWorkers = 1 });
        var first = lookups.WriteAsync(new(Row(0, 1), [Tunnel(0, 1, 1)]), Token);
        await TestGuard.UntilAsync(() => _store.Running == 2, "one statement of each kind runs");
        var writes = Enumerable.Range(0, 50)
            .Select(number => lookups.WriteAsync(new(Row(number, 2), [.. Enumerable.Range(100, 30).Select(to => Tunnel(number, to, 2))]), Token)).ToArray();
        var again = lookups.WriteAsync(new(Row(7, 3), [Tunnel(7, 100, 3)]), Token);
        Assert.DoesNotContain(writes.Append(first), write => write.IsCompleted);
        _store.Open();
        await TestGuard.SoonAsync(Task.WhenAll([first, again, .. writes]), "everything is stored");
        var stored = (await _store.Rows.ReadAsync([Peer(7), Peer(8)], Token)).ToArray();
        Assert.Equal((Row(7, 3), Row(8, 2)), (stored[0].Row, stored[1].Row));
        Assert.Equal((30, 30), (stored[0].Outgoing.Count, stored[1].Outgoing.Count));
        Assert.Equal(3, stored[0].Outgoing.Single(row => row.Destination == Peer(100)).State.Version.Epoch);
        Assert.InRange(_store.Statements, 6, 10); // 1 + 1, then 50 rows in one or two, then 1,501 in four or five
    }

    [Fact]
    public async Task A_failure_is_told_to_all_that_it_concerns_and_the_next_try_is_a_new_one()
    {
        var lookups = new PeerLookups(_store, new());
        _store.Open();
        _store.Rows.IsAway = true;
        await Assert.ThrowsAsync<AgentStoreException>(() => lookups.ReadAsync(Peer(1), Token));
        await Assert.ThrowsAsync<AgentStoreException>(() => lookups.WriteAsync(new(Row(1, 1), []), Token));
        await Assert.ThrowsAsync<AgentStoreException>(() => lookups.WriteAsync(new(null, [Tunnel(1, 2, 1)]), Token));
        _store.Rows.IsAway = false;
        await lookups.WriteAsync(new(Row(1, 1), []), Token);
        Assert.Equal(Row(1, 1), (await lookups.ReadAsync(Peer(1), Token)).Row);
        await lookups.WriteAsync(new(null, []), Token);
    }

    [Fact]
    public async Task Who_gives_up_gives_up_for_himself_only_and_is_not_worked_for()
    {
        var lookups = new PeerLookups(_store, new() { QuerierWorkers = 1 });
        var busy = lookups.ReadAsync(Peer(0), Token);
        await TestGuard.UntilAsync(() => _store.Running == 1, "the worker reads");
        using var cancel = new CancellationTokenSource();
        var (given, kept) = (lookups.ReadAsync(Peer(1), cancel.Token), lookups.ReadAsync(Peer(2), Token));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        _store.Open();
        await TestGuard.SoonAsync(Task.WhenAll(busy, kept), "the others");
        Assert.Equal([Peer(0), Peer(2)], _store.Asked);
    }

    [Fact]
    public async Task A_lane_takes_no_more_than_may_wait()
    {
        var release = new TaskCompletionSource<Func<int, int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var lane = new WorkerLane<int, int, int>("ask", 1, 2, 3, _ => release.Task);
        var first = lane.AskAsync(0, 0, Token);
        await TestGuard.UntilAsync(() => lane.Waiting == 0, "the worker has taken it");
        var waiting = new[] { lane.AskAsync(0, 0, Token), lane.AskAsync(1, 0, Token), lane.AskAsync(2, 0, Token) };
        var refused = await Assert.ThrowsAsync<AgentStoreException>(() => lane.AskAsync(3, 0, Token));
        Assert.Contains("3 requests wait already", refused.Message);
        release.SetResult(static key => key * 2);
        var answers = await TestGuard.SoonAsync(Task.WhenAll([first, .. waiting]), "the answers");
        Assert.Equal([0, 0, 2, 4], answers);
        Assert.Equal(6, await lane.AskAsync(3, 0, Token));
    }

    private async Task AssertRunningAsync(int expected, Func<int, Task> write)
    {
        var writes = Enumerable.Range(0, 1_000).Select(write).ToArray();
        await TestGuard.UntilAsync(() => _store.Running == expected, $"{expected} workers write");
        _store.Open();
        await TestGuard.SoonAsync(Task.WhenAll(writes), "everything is stored");
        Assert.Equal(expected, _store.MostRunning);
    }

    private static Guid Peer(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 8]);

    private static PeerRow Row(int peer, long epoch) => new(Peer(peer), new(epoch, 0), new(1, 1, 1), 1);

    private static TunnelRow Tunnel(int source, int destination, long epoch) => new(Peer(source), Peer(destination), new(new(epoch, 1), IsOpen: true), 1);

    /// <summary>A store whose reads and writes do not end before it is opened, and which counts.</summary>
    private sealed class HeldRows : IAgentPeerRows
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _gate = new();
        private readonly List<Guid> _asked = [];

        public MemoryPeerRows Rows { get; } = new();

        public int Running { get; private set; }

        public int MostRunning { get; private set; }

        public int Queries { get; private set; }

        public int Statements { get; private set; }

        public int Largest { get; private set; }

        public Guid[] Asked
        {
            get
            {
                lock (_gate)
                    return [.. _asked];
            }
        }

        public void Open() => _open.SetResult();

        public Task<IReadOnlyList<PeerRows>> ReadAsync(IReadOnlyList<Guid> peers, CancellationToken token)
        {
            lock (_gate)
            {
                Queries++;
                Largest = Math.Max(Largest, peers.Count);
                _asked.AddRange(peers);
            }

            return RunAsync(() => Rows.ReadAsync(peers, token), isReadFirst: true);
        }

        public Task WritePeersAsync(IReadOnlyList<PeerRow> rows, CancellationToken token) => WriteAsync(() => Rows.WritePeersAsync(rows, token));

        public Task WriteTunnelsAsync(IReadOnlyList<TunnelRow> rows, CancellationToken token) => WriteAsync(() => Rows.WriteTunnelsAsync(rows, token));

        public Task<IReadOnlyList<Guid>> ListLiveElsewhereAsync(IReadOnlyCollection<GatewayRun> living, Guid? after, int max, CancellationToken token) =>
            Rows.ListLiveElsewhereAsync(living, after, max, token);

        public Task<int> RemoveExpiredAsync(PeerExpiry expiry, int maxRows, CancellationToken token) => Rows.RemoveExpiredAsync(expiry, maxRows, token);

        private Task<bool> WriteAsync(Func<Task> write)
        {
            lock (_gate)
                Statements++;
            return RunAsync(
                async () =>
                {
                    await write();
                    return true;
                },
                isReadFirst: false);
        }

        /// <param name="work">What it does.</param>
        /// <param name="isReadFirst">Whether it sees the rows as they were when it began.</param>
        private async Task<T> RunAsync<T>(Func<Task<T>> work, bool isReadFirst)
        {
            lock (_gate)
                MostRunning = Math.Max(MostRunning, ++Running);
            try
            {
                var seen = isReadFirst ? work() : null;
                await _open.Task;
                return await (seen ?? work());
            }
            finally
            {
                lock (_gate)
                    Running--;
            }
        }
    }
}
