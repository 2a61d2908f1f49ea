using System.Collections.Concurrent;
using Actors.Simulation.Tests.Cluster;

namespace Actors.Simulation.Tests;

/// <summary>
/// The cluster machines of several silos on virtual time, each world from a seed. ACTORS_TEST_SEED replays one and prints what
/// happened in it; ACTORS_TEST_LONG=1 tries 100,000.
/// </summary>
public sealed class ClusterSimulationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(15_140_891)] // A silo that had just gone had granted a lease to one that was declared dead.
    [InlineData(15_003_811)] // A write that its activation had given up was done after the next activation had served.
    [InlineData(15_303_580, true)] // A silo that was connected before it became a member had not heard that records are to be taken.
    [InlineData(8_114_276, true)] // A silo left while a write of it was in doubt, and its row was read before its word of it arrived.
    public void What_was_found_once_stays_mended(int seed, bool stepsStoreClock = false) => Episode.Run(new World(seed) { StepsStoreClock = stepsStoreClock });

    [Fact]
    public void Whatever_fails_activations_of_a_grain_never_overlap_and_when_it_is_mended_every_grain_answers()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("ACTORS_TEST_SEED"), out int only))
        {
            Replay(only);
            return;
        }

        int worlds = Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 100_000 : 2_000;
        int first = Environment.TickCount & 0xFFFFFF;
        var failures = new ConcurrentBag<Exception>();
        var seen = new Counts();
        Parallel.For(0, worlds, (number, loop) =>
        {
            World world = At(first + number);
            try
            {
                Episode.Run(world);
            }
            catch (Exception e)
            {
                failures.Add(e);
                loop.Stop();
            }

            seen.Add(world);
        });
        output.WriteLine($"{worlds} worlds, seeds {first} to {first + worlds - 1}: {seen}.");
        if (!failures.IsEmpty)
        {
            throw new InvalidOperationException($"{failures.First().Message} Replay with ACTORS_TEST_SEED.", failures.First());
        }

        seen.AssertAtLeast(worlds);
    }

    [Fact]
    public void The_same_seed_gives_the_same_world()
    {
        string[] once = TraceOf(4_711);
        Assert.NotEmpty(once);
        Assert.Equal(once, TraceOf(4_711));
    }

    /// <summary>In every second world the store's clock steps; in every fourth something is wrong with one node only.</summary>
    private static World At(int seed, bool keeps = false) => new(seed) { StepsStoreClock = seed % 2 == 0, Victim = seed % 4 == 3 ? seed / 4 : null, Keeps = keeps };

    private static string[] TraceOf(int seed)
    {
        World world = At(seed, keeps: true);
        Episode.Run(world);
        return [.. world.Trace];
    }

    private void Replay(int seed)
    {
        World world = At(seed, keeps: true);
        try
        {
            Episode.Run(world);
        }
        finally
        {
            foreach (string line in world.Trace)
            {
                output.WriteLine(line);
            }
        }
    }

    /// <summary>What happened in all worlds together. A simulation in which little happens shows nothing.</summary>
    private sealed class Counts
    {
        private static readonly (string What, Func<World, int> Of, int FloorPerWorld)[] All =
        [
            ("steps of turns", static world => world.Oracle.Turns, 2_000),
            ("writes", static world => world.Oracle.Writes, 300),
            ("records taken", static world => world.Oracle.Taken, 40),
            ("late writes refused", static world => world.Oracle.LateWritesRefused, 1),
            ("activations", static world => world.Oracle.Activations, 100),
            ("moves of grains", static world => world.Oracle.Moves, 40),
            ("deaths", static world => world.Oracle.Deaths, 3),
            ("outages of the store", static world => world.Oracle.Outages, 1),
            ("calls answered while another node was not well", static world => world.Waits.Watched, 100),
            ("steps of the store's clock", static world => world.Oracle.ClockSteps, 1),
        ];

        private readonly long[] _counts = new long[All.Length];
        private readonly Lock _lock = new();
        private double _longestStayMs;
        private double _longestMoveMs;

        public void Add(World world)
        {
            for (int index = 0; index < All.Length; index++)
            {
                Interlocked.Add(ref _counts[index], All[index].Of(world));
            }

            lock (_lock)
            {
                _longestStayMs = Math.Max(_longestStayMs, world.Waits.LongestStayMs);
                _longestMoveMs = Math.Max(_longestMoveMs, world.Waits.LongestMoveMs);
            }
        }

        public void AssertAtLeast(int worlds) =>
            Assert.All(All, (one, index) => Assert.True(_counts[index] >= (long)one.FloorPerWorld * worlds, $"Only {_counts[index]} {one.What} in {worlds} worlds."));

        public override string ToString() => string.Join(", ", All.Select((one, index) => $"{_counts[index]} {one.What}"))
            + $"; longest wait for a grain that might run {_longestStayMs:0} ms, for one that moved {_longestMoveMs:0} ms";
    }
}
