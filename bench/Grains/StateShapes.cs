using Actors.Bench.LogLoad;
using Actors.Bench.Report;
using Actors.Harness;
using Actors.Silo.Options;
using Actors.Silo.Stores.Sqlite;
using Orleans;
using Orleans.Runtime;
using SQLitePCL;

namespace Actors.Bench.Grains;

/// <summary>
/// Calls that store their grain's state before they answer, beside "allocate a request, queue it to the thread pool, store the
/// same there, complete it". Both write to the embedded store, on one disk.
/// </summary>
internal static class StateShapes
{
    /// <summary>What is measured, beside its floor.</summary>
    public const string Grain = "grain, state written";

    private const string Floor = "floor, state written";

    /// <summary>Compares the shapes whose names contain <paramref name="only"/>.</summary>
    /// <param name="report">Takes the rows.</param>
    /// <param name="inFlight">Numbers of callers.</param>
    /// <param name="writes">Of one caller in a round.</param>
    /// <param name="rounds">How many rounds count.</param>
    /// <param name="only">Part of a name; empty for all.</param>
    /// <param name="fsyncMs">How much longer every commit takes than the disk needs.</param>
    public static async Task CompareAsync(BenchReport report, int[] inFlight, int writes, int rounds, string only, int fsyncMs)
    {
        if (!Grain.Contains(only, StringComparison.Ordinal))
        {
            return;
        }

        using var folder = new TemporaryDirectory();
        await using var database = SqliteDatabase.Open(folder.Path("grains.db"), new SiloOptions().SqliteLibrary, TimeProvider.System);
        if (fsyncMs > 0)
        {
            await SlowDownAsync(database, (uint)fsyncMs * 1000);
        }

        await using BenchSilo silo = await BenchSilo.StartAsync(database);
        IGrainFactory grains = silo.Grains;
        var storage = new SqliteGrainStorage("floor", database);
        foreach (int callers in inFlight)
        {
            GrainState<CountState>[] states = [.. Enumerable.Range(0, callers).Select(static _ => new GrainState<CountState>())];
            var ids = Enumerable.Range(0, callers).Select(caller => GrainId.Create("floor", $"{callers}-{caller}")).ToArray();
            await Comparison.RunAsync(
                report,
                [
                    new(Floor, null, (caller, count, latencies) => CallLoop.RunAsync(value => FloorWrite.CallAsync(storage, ids[caller], states[caller], value), count, latencies)),
                    new(Grain, Floor, (caller, count, latencies) => CallLoop.RunAsync(grains.GetGrain<ICountGrain>($"{callers}-{caller}").Set, count, latencies)),
                ],
                callers,
                writes,
                rounds);
        }
    }

    /// <summary>Has every commit wait before its sync, as a slower disk would; on the store's own writer thread.</summary>
    private static async Task SlowDownAsync(SqliteDatabase database, uint microseconds) =>
        await database.WriteAsync(
            "slow the disk down",
            session =>
            {
                raw.sqlite3_commit_hook(
                    session.Handle,
                    _ =>
                    {
                        Disk.Wait(microseconds);
                        return 0;
                    },
                    null);
                return 0;
            },
            CancellationToken.None);
}
