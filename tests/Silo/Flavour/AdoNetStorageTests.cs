using Actors.Silo.Tests.Stores.PostgreSql;

namespace Actors.Silo.Tests.Flavour;

/// <summary>Our SQL under Orleans' AdoNet grain storage keeps what that promises: each write knows the one before it, or is refused.</summary>
public sealed class AdoNetStorageTests(PostgreSqlFixture server)
{
    private static readonly byte[] First = [1, 2, 3];

    private static readonly byte[] Second = [4];

    private static readonly AdoNetGrain Grain = new("a-1");

    [Fact]
    public async Task A_state_is_written_read_and_written_again()
    {
        await using var provider = await StartAsync();
        Assert.Null(await provider.ReadAsync(Grain));
        Assert.Equal(1, await provider.WriteAsync(Grain, null, First));
        Assert.Equal(2, await provider.WriteAsync(Grain, 1, Second));
        Assert.Equal(("04", 2), await provider.ReadAsync(Grain));
    }

    [Fact]
    public async Task Who_does_not_know_the_last_write_is_refused()
    {
        await using var provider = await StartAsync();
        await provider.WriteAsync(Grain, null, First);
        Assert.Null(await provider.WriteAsync(Grain, null, Second));
        await provider.WriteAsync(Grain, 1, First);
        Assert.Null(await provider.WriteAsync(Grain, 1, Second));
        Assert.Null(await provider.ClearAsync(Grain, 1));
        Assert.Null(await provider.WriteAsync(new AdoNetGrain("absent"), 1, Second));
        Assert.Equal(("010203", 2), await provider.ReadAsync(Grain));
    }

    [Fact]
    public async Task A_cleared_state_goes_on_with_its_versions()
    {
        await using var provider = await StartAsync();
        await provider.WriteAsync(Grain, null, First);
        Assert.Equal(2, await provider.ClearAsync(Grain, 1));
        Assert.Equal((null, 2), await provider.ReadAsync(Grain));
        Assert.Null(await provider.WriteAsync(Grain, null, First));
        Assert.Null(await provider.WriteAsync(Grain, 1, First));
        Assert.Equal(3, await provider.WriteAsync(Grain, 2, Second));
    }

    [Fact]
    public async Task Grains_do_not_meet_unless_all_of_their_names_are_equal()
    {
        await using var provider = await StartAsync();
        AdoNetGrain[] grains = [Grain, new("a-2"), Grain with { Type = "peer" }, Grain with { Service = "other" }, new(null, 1, 2), new(null, 2, 1), new(null, 3, 2), new("a-1", 1, 2)];
        for (var i = 0; i < grains.Length; i++) Assert.Equal(1, await provider.WriteAsync(grains[i], null, [(byte)i]));
        for (var i = 0; i < grains.Length; i++) Assert.Equal(($"0{i}", 1), await provider.ReadAsync(grains[i]));
    }

    [Fact]
    public async Task Of_writers_that_know_the_same_one_succeeds()
    {
        await using var provider = await StartAsync();
        for (int? version = null; version is null or < 3; version = version.GetValueOrDefault() + 1)
        {
            var known = version;
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => provider.WriteAsync(Grain, known, First)));
            Assert.Equal(known.GetValueOrDefault() + 1, Assert.Single(answers, static answer => answer is not null));
        }
    }

    private async Task<AdoNetProvider> StartAsync() => await AdoNetProvider.StartAsync(await server.CreateDatabaseAsync());
}
