using Actors.Grains.Agents;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>What every store of keys and tokens does.</summary>
public abstract class TokenRowsCompliance
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A store without keys, seen by two silos.</summary>
    protected abstract Task<(IAgentTokenRows First, IAgentTokenRows Second)> OpenAsync();

    [Fact]
    public async Task Of_silos_that_start_together_one_makes_the_first_key_and_all_read_it()
    {
        var (first, second) = await OpenAsync();
        Assert.Empty((await first.ReadAsync(0, Token)).Keys);
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => (number % 2 == 0 ? first : second).TryAddKeyAsync([(byte)number, 1], isFirst: true, Token)));
        Assert.Single(made, true);
        var winner = (byte)Array.IndexOf(made, true);
        foreach (var store in (IAgentTokenRows[])[first, second])
        {
            var (number, key) = Assert.Single((await store.ReadAsync(0, Token)).Keys);
            Assert.Equal((1u, winner), (number, key[0]));
        }
    }

    [Fact]
    public async Task Keys_are_added_and_removed_and_numbers_do_not_come_back()
    {
        var (first, second) = await OpenAsync();
        Assert.True(await first.TryAddKeyAsync([1], isFirst: true, Token));
        Assert.False(await second.TryAddKeyAsync([9], isFirst: true, Token));
        Assert.True(await second.TryAddKeyAsync([2], isFirst: false, Token));
        Assert.False(await first.TryRemoveKeyAsync(2, Token));
        Assert.False(await first.TryRemoveKeyAsync(7, Token));
        Assert.True(await first.TryRemoveKeyAsync(1, Token));
        Assert.True(await first.TryAddKeyAsync([3], isFirst: false, Token));
        Assert.Equal([(2u, (byte)2), (3u, (byte)3)], (await second.ReadAsync(0, Token)).Keys.OrderBy(key => key.Key).Select(key => (key.Key, key.Value[0])));
        for (var more = 2; more < IAgentTokenRows.MaxKeys; more++) Assert.True(await first.TryAddKeyAsync([4], isFirst: false, Token));
        Assert.False(await first.TryAddKeyAsync([4], isFirst: false, Token));
    }

    [Fact]
    public async Task A_revocation_is_read_once_by_whoever_asks_for_what_came_since()
    {
        var (first, second) = await OpenAsync();
        foreach (var number in Enumerable.Range(1, 21)) await first.AddAsync(Issued(number), Token);
        Assert.True(await first.RevokeAsync(Id(1), 10, Token));
        Assert.True(await first.RevokeAsync(Id(1), 11, Token));
        var changes = await second.ReadAsync(0, Token);
        Assert.Equal([new RevokedToken(Id(1), 1_001)], changes.Revoked);
        Assert.Equal(10, (await first.ListAsync(null, 1, Token))[0].RevokedAtUtcMs);
        Assert.Empty((await second.ReadAsync(changes.Revision, Token)).Revoked);
        await Task.WhenAll(Enumerable.Range(2, 20).Select(number => (number % 2 == 0 ? first : second).RevokeAsync(Id(number), 12, Token)));
        var later = await first.ReadAsync(changes.Revision, Token);
        Assert.Equal(Enumerable.Range(2, 20).Select(Id), later.Revoked.Select(revoked => revoked.TokenId).Order());
        Assert.Empty((await first.ReadAsync(later.Revision, Token)).Revoked);
        Assert.Equal(21, (await first.ReadAsync(0, Token)).Revoked.Count);
    }

    [Fact]
    public async Task A_token_that_was_never_issued_is_not_revoked()
    {
        var (first, second) = await OpenAsync();
        var before = (await first.ReadAsync(0, Token)).Revision;
        Assert.False(await first.RevokeAsync(Id(1), 10, Token));
        var after = await second.ReadAsync(0, Token);
        Assert.Empty(after.Revoked);
        Assert.Equal(before, after.Revision);
    }

    [Fact]
    public async Task Tokens_that_were_issued_are_listed_with_what_became_of_them()
    {
        var (first, second) = await OpenAsync();
        foreach (var number in Enumerable.Range(1, 5)) await first.AddAsync(Issued(number), Token);
        await first.AddAsync(Issued(1) with { ExpiresAtUtcMs = 1 }, Token); // the first counts
        await second.RevokeAsync(Id(3), 30, Token);
        Assert.Equal([Issued(1), Issued(2), Issued(3) with { RevokedAtUtcMs = 30 }], await second.ListAsync(null, 3, Token));
        Assert.Equal([Issued(4), Issued(5)], await second.ListAsync(Id(3), 3, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => first.ListAsync(null, 0, Token));
    }

    [Fact]
    public async Task What_ran_out_goes_in_chunks_and_numbers_go_on()
    {
        var (first, _) = await OpenAsync();
        foreach (var number in Enumerable.Range(1, 5)) await first.AddAsync(Issued(number), Token);
        foreach (var number in Enumerable.Range(1, 5)) await first.RevokeAsync(Id(number), 30, Token);
        var revision = (await first.ReadAsync(0, Token)).Revision;
        Assert.Equal(4, await first.RemoveExpiredAsync(1_005, 2, Token));
        Assert.Equal(4, await first.RemoveExpiredAsync(1_005, 2, Token));
        Assert.Equal(0, await first.RemoveExpiredAsync(1_005, 2, Token));
        Assert.Equal([Id(5)], (await first.ListAsync(null, 10, Token)).Select(token => token.TokenId));
        Assert.Equal([new RevokedToken(Id(5), 1_005)], (await first.ReadAsync(0, Token)).Revoked);
        Assert.Equal(2, await first.RemoveExpiredAsync(2_000, 2, Token));
        await first.AddAsync(Issued(6), Token);
        await first.RevokeAsync(Id(6), 31, Token);
        Assert.Equal([new RevokedToken(Id(6), 1_006)], (await first.ReadAsync(revision, Token)).Revoked);
    }

    private static Guid Id(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 6]);

    private static IssuedToken Issued(int number) => new(Id(number), number % 2 == 0 ? AgentTokenKind.Agent : AgentTokenKind.Client, Id(100 + number), 10 + number, 1_000 + number, null);
}
