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
    [InlineData(276)] // A silo that left had just granted a lease to one that was declared dead.
    [InlineData(1_738)] // So had one that was killed.
    public void What_was_found_once_stays_mended(int seed) => Episode.Run(new World(seed));

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
        long turns = 0;
        long activations = 0;
        Parallel.For(0, worlds, (number, loop) =>
        {
            var world = new World(first + number);
            try
            {
                Episode.Run(world);
            }
            catch (Exception e)
            {
                failures.Add(e);
                loop.Stop();
            }

            Interlocked.Add(ref turns, world.Oracle.Turns);
            Interlocked.Add(ref activations, world.Oracle.Activations);
        });
        output.WriteLine($"{worlds} worlds, seeds {first} to {first + worlds - 1}: {activations} activations, {turns} steps of turns.");
        if (!failures.IsEmpty)
        {
            throw new InvalidOperationException($"{failures.First().Message} Replay with ACTORS_TEST_SEED.", failures.First());
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_world()
    {
        string[] once = TraceOf(4_711);
        Assert.NotEmpty(once);
        Assert.Equal(once, TraceOf(4_711));
    }

    private static string[] TraceOf(int seed)
    {
        var world = new World(seed) { Keeps = true };
        Episode.Run(world);
        return [.. world.Trace];
    }

    private void Replay(int seed)
    {
        var world = new World(seed) { Keeps = true };
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
}
