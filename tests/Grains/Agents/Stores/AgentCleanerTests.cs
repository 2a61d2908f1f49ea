using System.Collections.Concurrent;
using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Grains.Tests.Agents;

/// <summary>What is old goes by itself, in chunks with pauses, and a store that is away ends nothing.</summary>
public sealed class AgentCleanerTests
{
    private readonly VirtualTime _time = new();
    private readonly MemoryPeerRows _peers = new();
    private readonly FixedViews _views = new(new AgentView(1, new HashSet<(int, int)> { (1, 1), (2, 1) }));
    private readonly ConcurrentQueue<Guid> _asked = [];
    private readonly MemoryAgentStores _agents = new();
    private readonly MemoryTokenRows _tokens = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private long NowUtcMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task A_round_removes_what_is_old_and_keeps_what_is_in_use()
    {
        await using var cleaner = Open(new() { Pause = TimeSpan.Zero });
        await _peers.WritePeersAsync([new(Id(1), new(1, PeerVersion.LostSequence), new(1, 1, 1), NowUtcMs), new(Id(2), new(1, 0), new(1, 1, 1), NowUtcMs)], Token);
        await _peers.WriteTunnelsAsync([Tunnel(1, 9), Tunnel(2, 9), Tunnel(2, 8, isOpen: false)], Token);
        await _agents.WriteAsync([Connection(1)], Token);
        await _tokens.AddAsync(new(Id(1), AgentTokenKind.Agent, Id(1), 1, NowUtcMs, null), Token);
        Assert.Equal(0, await cleaner.CleanAsync(Token));
        _time.Pass(new PeerOptions().ClosedTunnelMs);
        Assert.Equal(0, await cleaner.CleanAsync(Token));
        _time.Pass(new AgentCleanerOptions().ClosedTunnelMs);
        Assert.Equal(1, await cleaner.CleanAsync(Token));
        _time.Pass(new PeerOptions().TunnelTimeToLiveMs - new AgentCleanerOptions().ClosedTunnelMs);
        Assert.Equal(0, await cleaner.CleanAsync(Token));
        _time.Pass(new AgentCleanerOptions().EndedPeerMs);
        Assert.Equal(2, await cleaner.CleanAsync(Token));
        Assert.Equal(Id(2), Assert.Single((await _peers.ReadAsync([Id(9)], Token))[0].Incoming).Source);
        _time.Pass(new AgentCleanerOptions().ConnectionLogMs);
        Assert.Equal(2, await cleaner.CleanAsync(Token));
        Assert.Empty(_agents.Connections);
        Assert.Empty(await _tokens.ListAsync(null, 10, Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Agents_that_say_nothing_for_long_are_forgotten_where_they_are_to_be(bool areForgotten)
    {
        await using var cleaner = Open(areForgotten ? new() { Pause = TimeSpan.Zero, MaxRows = 2 } : new() { Pause = TimeSpan.Zero, ForgetAfterMs = 0 });
        var forgetAfterMs = new AgentCleanerOptions().ForgetAfterMs;
        await _agents.WriteAsync([.. Enumerable.Range(1, 5).Select(number => AgentRow.Connected(Id(number), 1, NowUtcMs + number))], Token);
        _time.Pass(forgetAfterMs);
        Assert.Equal(0, await cleaner.CleanAsync(Token));
        _time.Pass(5);
        Assert.Equal(areForgotten ? 4 : 0, await cleaner.CleanAsync(Token));
        _time.Pass(forgetAfterMs);
        Assert.Equal(areForgotten ? 1 : 0, await cleaner.CleanAsync(Token));
        Assert.Equal(areForgotten ? 0 : 5, _agents.Agents.Count);
    }

    [Fact]
    public async Task It_goes_on_in_chunks_with_pauses_and_past_a_store_that_is_away()
    {
        await using var cleaner = Open(new() { Period = TimeSpan.FromSeconds(100), MaxRows = 10, Pause = TimeSpan.FromSeconds(1) });
        await _agents.WriteAsync([.. Enumerable.Range(0, 35).Select(number => Connection(number) with { ConnectedAtUtcMs = 1 })], Token);
        _peers.IsAway = true;
        cleaner.Start();
        await TestGuard.UntilAsync(() => _time.Armed == 1, "it waits for its first round");
        _time.Pass(100_000);
        await TestGuard.UntilAsync(() => _time.Armed == 1, "it waits for the next");
        Assert.Equal(35, _agents.Connections.Count);
        _peers.IsAway = false;
        var seconds = 0;
        await TestGuard.UntilAsync(
            () =>
            {
                _time.Pass(1_000);
                seconds++;
                return _agents.Connections.Count == 0;
            },
            "all are gone");
        Assert.Equal([10, 10, 10, 5], _agents.Removals.Where(static rows => rows > 0));
        Assert.True(seconds > 3, $"after {seconds} s");
    }

    [Fact]
    public async Task When_silos_have_changed_those_whose_silo_ended_are_asked_after_a_while()
    {
        await _peers.WritePeersAsync([new(Id(1), new(1, 0), new(2, 1, 1), NowUtcMs), new(Id(2), new(1, 0), new(1, 1, 1), NowUtcMs)], Token);
        await using var cleaner = Open(new() { Period = TimeSpan.FromHours(1), SettleAfter = TimeSpan.FromSeconds(60), Pause = TimeSpan.Zero });
        cleaner.Start();
        await TestGuard.UntilAsync(() => _time.Armed == 1, "it waits for its first round");
        _views.Change(new AgentView(2, new HashSet<(int, int)> { (1, 1) }));
        _views.Change(new AgentView(3, new HashSet<(int, int)> { (1, 1) }));
        await TestGuard.UntilAsync(() => _time.Armed == 2, "it waits until most are back");
        _time.Pass(59_999);
        Assert.Empty(_asked);
        _peers.IsAway = true;
        _time.Pass(60_001);
        await TestGuard.UntilAsync(() => _time.Armed == 1, "the store is away");
        _peers.IsAway = false;
        _views.Change(new AgentView(4, new HashSet<(int, int)> { (1, 1) }));
        await TestGuard.UntilAsync(() => _time.Armed == 2, "it waits again");
        _time.Pass(120_000);
        await TestGuard.UntilAsync(() => !_asked.IsEmpty, "one is asked");
        Assert.Equal([Id(1)], _asked);
    }

    [Fact]
    public async Task Each_round_asks_those_whose_silo_ended()
    {
        await _peers.WritePeersAsync([new(Id(1), new(1, 0), new(2, 1, 1), NowUtcMs)], Token);
        _views.Change(new AgentView(2, new HashSet<(int, int)> { (1, 1) }));
        await using var cleaner = Open(new() { Period = TimeSpan.FromSeconds(100), Pause = TimeSpan.Zero });
        cleaner.Start();
        await TestGuard.UntilAsync(() => _time.Armed == 1, "it waits for its first round");
        _time.Pass(100_000);
        await TestGuard.UntilAsync(() => !_asked.IsEmpty, "one is asked");
    }

    private PeerSettler Settler(AgentCleanerOptions options) => new(
        _peers,
        _views,
        peer =>
        {
            _asked.Enqueue(peer);
            return Task.CompletedTask;
        },
        options,
        _time,
        NullLogger<PeerSettler>.Instance);

    private static Guid Id(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 10]);

    private TunnelRow Tunnel(int source, int destination, bool isOpen = true) => new(Id(source), Id(destination), new(new(1, 1), isOpen), NowUtcMs);

    private ConnectionRow Connection(int number) => new() { Key = new(Id(1), Id(number), 0), Type = "ssh", ConnectedAtUtcMs = NowUtcMs };

    private AgentCleaner Open(AgentCleanerOptions options) => new(_peers, _agents, _agents, _tokens, Settler(options), options, new Random(1), _time, NullLogger<AgentCleaner>.Instance);
}
