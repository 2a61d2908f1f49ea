using System.Globalization;
using Actors.Grains.Tests.Support;
using Actors.Silo.Stores;
using Actors.Silo.Stores.PostgreSql;

namespace Actors.Silo.Tests.Stores.PostgreSql;

/// <summary>
/// Whatever writers of two silos do to a few records at once, their answers are those of some order in which they came one after
/// another: each version is replaced once at most, and the last one is what is stored.
/// </summary>
public sealed class PostgreSqlGrainStateOrderTests(PostgreSqlFixture server)
{
    private const int Keys = 3;
    private const int Writers = 8;
    private const int Steps = 12;

    [Fact]
    public async Task Any_interleaving_of_writers_is_some_order_of_theirs()
    {
        await using var rig = new PostgreSqlRig(await server.CreateDatabaseAsync());
        var silos = new[] { await rig.GrainStateAsync(), await rig.GrainStateAsync() };
        var rounds = Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 500 : 40;
        for (var seed = 1; seed <= rounds; seed++)
        {
            var keys = Enumerable.Range(0, Keys).Select(key => new GrainStateKey(string.Create(CultureInfo.InvariantCulture, $"{seed}/{key}"), "s")).ToArray();
            var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(silos[writer % 2], keys, new Random((seed * 100) + writer))));
            var done = (await Task.WhenAll(writers).WaitAsync(TestGuard.Limit)).SelectMany(static one => one).ToList();
            for (var key = 0; key < Keys; key++)
            {
                var stored = await silos[0].ReadAsync(keys[key], CancellationToken.None);
                AssertOrdered([.. done.Where(one => one.Key == key)], stored.Version, string.Create(CultureInfo.InvariantCulture, $"seed {seed}, key {key}"));
            }
        }
    }

    /// <summary>One writer's steps: it knows a version from its own reads, writes and conflicts, and writes or clears over that.</summary>
    private static async Task<List<Step>> WriteAsync(PostgreSqlGrainState table, GrainStateKey[] keys, Random random)
    {
        List<Step> steps = [];
        var known = new long?[Keys];
        for (var step = 0; step < Steps; step++)
        {
            var key = random.Next(Keys);
            if (random.Next(4) == 0) known[key] = (await table.ReadAsync(keys[key], CancellationToken.None)).Version;
            var (expected, payload) = (known[key], random.Next(4) == 0 ? null : new byte[1 + random.Next(100)]);
            var answer = await table.ChangeAsync(keys[key], expected, payload, hasWork: false, CancellationToken.None);
            known[key] = answer.Version;
            steps.Add(new(key, expected, answer.Version, payload is null, answer.IsDone));
        }

        return steps;
    }

    private static void AssertOrdered(List<Step> steps, long? stored, string where)
    {
        Assert.All(steps.Where(static step => step is { IsDone: false, Expected: not null }), step => Assert.True(step.Version != step.Expected, $"{where}: a conflict over the version that is stored"));
        var done = steps.Where(static step => step.IsDone && (step.Version, step.Expected) != (null, null)).ToList();
        var replaced = done.Where(static step => step.Expected is not null).GroupBy(static step => step.Expected!.Value).ToList();
        Assert.All(replaced, version => Assert.True(version.Count() == 1, $"{where}: version {version.Key} is replaced twice"));
        var next = replaced.ToDictionary(static version => version.Key, static version => version.Single());

        // From each first version to the clear that ends it, or to what is stored now.
        long? last = 0;
        foreach (var first in done.Where(static step => step.Expected is null).OrderBy(static step => step.Version))
        {
            Assert.True(last < first.Version, $"{where}: version {first.Version} is given while there is another record");
            for (var at = first.Version; ; at = last)
            {
                last = at;
                if (!next.Remove(at!.Value, out var change)) break;
                if (change.IsClear)
                {
                    Assert.Null(change.Version);
                    break;
                }

                Assert.True(change.Version > at, $"{where}: versions grow");
                last = change.Version;
            }

            if (stored is null || last < stored) Assert.Contains(done, step => step.IsClear && step.Expected == last);
        }

        Assert.Empty(next);
        if (stored is not null) Assert.Equal(stored, last);
    }

    private readonly record struct Step(int Key, long? Expected, long? Version, bool IsClear, bool IsDone);
}
