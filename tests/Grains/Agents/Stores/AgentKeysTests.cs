using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Grains.Tests.Agents;

/// <summary>Silos share keys and revocations, and keep what they know while the store is away.</summary>
public sealed class AgentKeysTests : IAsyncDisposable
{
    private const int PeriodMs = 2_000;

    private readonly VirtualTime _time = new();
    private readonly MemoryTokenRows _store = new();
    private readonly MemoryAgentStores _agents = new();
    private readonly List<AgentKeys> _open = [];
    private int _keysMade;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private long NowUtcMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public async ValueTask DisposeAsync()
    {
        foreach (var keys in _open)
            await keys.DisposeAsync();
    }

    [Fact]
    public async Task Nobody_has_a_token_before_the_first_key_and_then_all_silos_read_each_others()
    {
        var (first, second) = (Open(), Open());
        await first.RefreshAsync(Token);
        Assert.Null(first.Tokens);
        var made = await Task.WhenAll(first.EnsureAsync(Token), second.EnsureAsync(Token));
        var token = made[0].Issue(Claims(1));
        Assert.Equal(AgentTokenRefusal.None, made[1].Read(token, AgentTokenKind.Agent, NowUtcMs, out _));
        Assert.Equal(AgentTokenRefusal.None, second.Tokens!.Read(token, AgentTokenKind.Agent, NowUtcMs, out _));
        Assert.Same(await second.EnsureAsync(Token), second.Tokens);
    }

    [Fact]
    public async Task What_one_silo_does_the_others_know_after_their_next_look()
    {
        var (first, second) = (Open(), Open());
        await first.EnsureAsync(Token);
        await first.IssuedAsync(Claims(1), Token);
        Assert.True(await first.RevokeAsync(Id(1), Token));
        Assert.True(first.IsRevoked(Id(1)));
        Assert.False(first.IsRevoked(Id(2)));
        await PassUntilAsync(() => second.IsRevoked(Id(1)) && second.Tokens is not null, "the second silo knows it");

        Assert.True(await second.TryRenewAsync(Token));
        var token = second.Tokens!.Issue(Claims(2));
        await PassUntilAsync(() => first.Tokens!.Read(token, AgentTokenKind.Agent, NowUtcMs, out _) == AgentTokenRefusal.None, "the first silo has the new key");
        var old = first.Tokens;
        await LookedAsync(first);
        Assert.Same(old, first.Tokens);

        Assert.False(await second.TryRemoveAsync(2, Token));
        Assert.True(await second.TryRemoveAsync(1, Token));
    }

    [Fact]
    public async Task What_a_removed_key_signed_is_not_taken_any_more()
    {
        var keys = Open();
        var token = (await keys.EnsureAsync(Token)).Issue(Claims(1));
        await keys.TryRenewAsync(Token);
        Assert.Equal(AgentTokenRefusal.None, keys.Tokens!.Read(token, AgentTokenKind.Agent, NowUtcMs, out _));
        await keys.TryRemoveAsync(1, Token);
        Assert.Equal(AgentTokenRefusal.Unknown, keys.Tokens!.Read(token, AgentTokenKind.Agent, NowUtcMs, out _));
    }

    [Fact]
    public async Task While_the_store_is_away_a_silo_keeps_what_it_knows()
    {
        var keys = Open();
        await keys.EnsureAsync(Token);
        foreach (var number in (int[])[1, 2])
            await keys.IssuedAsync(Claims(number), Token);
        await keys.RevokeAsync(Id(1), Token);
        _store.IsAway = true;
        await Assert.ThrowsAsync<AgentStoreException>(() => keys.RefreshAsync(Token));
        await Assert.ThrowsAsync<AgentStoreException>(() => keys.RevokeAsync(Id(2), Token));
        _time.Pass(300_000);
        Assert.True(keys.Tokens is not null && keys.IsRevoked(Id(1)));
        _store.IsAway = false;
        await keys.RevokeAsync(Id(2), Token);
        Assert.True(keys.IsRevoked(Id(2)));
    }

    [Fact]
    public async Task A_revocation_is_forgotten_when_the_token_would_have_run_out()
    {
        var keys = Open();
        await keys.EnsureAsync(Token);
        foreach (var (number, validMs) in ((int, int)[])[(1, 10_000), (2, 1_000_000)])
        {
            await keys.IssuedAsync(Claims(number) with { ExpiresAtUtcMs = NowUtcMs + validMs }, Token);
            await keys.RevokeAsync(Id(number), Token);
        }

        await PassUntilAsync(() => !keys.IsRevoked(Id(1)), "it is forgotten");
        Assert.True(NowUtcMs >= 10_000 && keys.IsRevoked(Id(2)));
    }

    [Fact]
    public async Task Who_gets_a_token_is_listed_and_an_agent_is_known_from_then_on()
    {
        var keys = Open();
        await keys.EnsureAsync(Token);
        await keys.IssuedAsync(Claims(1), Token);
        await keys.IssuedAsync(Claims(2) with { Kind = AgentTokenKind.Client }, Token);
        Assert.True(await keys.RevokeAsync(Id(1), Token));
        Assert.False(await keys.RevokeAsync(Id(3), Token));
        var listed = await keys.ListAsync(null, 10, Token);
        Assert.Equal([(Id(1), NowUtcMs), (Id(2), null)], listed.Select(token => (token.TokenId, token.RevokedAtUtcMs)));
        Assert.Equal(AgentRow.Known(Id(101), NowUtcMs), Assert.Single(_agents.Agents.Values));
    }

    [Fact]
    public async Task A_silo_looks_once_a_period_and_silos_not_together()
    {
        var pauses = new List<long>[2];
        for (var silo = 0; silo < pauses.Length; silo++)
        {
            var keys = Open();
            pauses[silo] = [];
            while (pauses[silo].Count < 20)
            {
                var (lookedAtMs, reads) = (NowUtcMs, _store.Reads);
                while (_store.Reads == reads)
                {
                    _time.Pass(10);
                    await TestGuard.UntilAsync(() => _time.Armed == 1, "the next look is arranged");
                }

                Assert.Equal(reads + 1, _store.Reads);
                pauses[silo].Add(NowUtcMs - lookedAtMs);
                _store.IsAway = pauses[silo].Count == 10;
                if (_store.IsAway)
                    _time.Pass(2 * PeriodMs);
                await TestGuard.UntilAsync(() => _time.Armed == 1, "a silo whose store is away looks again");
                _store.IsAway = false;
            }

            await keys.DisposeAsync();
        }

        Assert.All(pauses.SelectMany(pause => pause), pause => Assert.InRange(pause, PeriodMs * 3 / 4, (PeriodMs * 5 / 4) + 10));
        Assert.InRange(pauses[0].Average(), PeriodMs * 0.85, PeriodMs * 1.15);
        Assert.NotEqual(pauses[0], pauses[1]);
    }

    private static Guid Id(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 9]);

    private AgentTokenClaims Claims(int number) => new() { Kind = AgentTokenKind.Agent, TokenId = Id(number), Subject = Id(100 + number), ExpiresAtUtcMs = NowUtcMs + 3_600_000 };

    private AgentKeys Open()
    {
        var keys = new AgentKeys(
            _store, _agents, () => [.. Enumerable.Repeat((byte)Interlocked.Increment(ref _keysMade), AgentTokens.MinKeyBytes)], TimeSpan.FromMilliseconds(PeriodMs), new Random(7 + _open.Count), _time, NullLogger<AgentKeys>.Instance);
        _open.Add(keys);
        return keys;
    }

    private async Task LookedAsync(AgentKeys keys)
    {
        var reads = _store.Reads;
        await keys.RefreshAsync(Token);
        Assert.True(_store.Reads > reads);
    }

    private Task PassUntilAsync(Func<bool> condition, string what) => TestGuard.UntilAsync(
        () =>
        {
            _time.Pass(PeriodMs);
            return condition();
        },
        what);
}
