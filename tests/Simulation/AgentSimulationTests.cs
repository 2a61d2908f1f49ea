using System.Collections.Concurrent;
using Actors.Simulation.Tests.Agents;

namespace Actors.Simulation.Tests;

/// <summary>
/// The machines of many peers on several silos, with users that check what they are told; each world from a seed. ACTORS_TEST_SEED
/// replays one and prints what happened in it, as is done with the first that breaks a rule. The worlds are always the same;
/// ACTORS_TEST_LONG=1 tries 100,000 others each time, and ACTORS_TEST_WORLDS as many others as it says.
/// </summary>
public sealed class AgentSimulationTests(ITestOutputHelper output)
{
    private const int MaxFailures = 10;

    [Fact]
    public void Whatever_fails_nobody_is_told_what_is_not_so_and_when_it_is_mended_everybody_knows_what_is()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("ACTORS_TEST_SEED"), out var only))
        {
            Replay(only);
            return;
        }

        var isLong = Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1";
        var hasCount = int.TryParse(Environment.GetEnvironmentVariable("ACTORS_TEST_WORLDS"), out var count);
        var worlds = hasCount ? count : isLong ? 100_000 : 1_500;
        var first = isLong || hasCount ? Environment.TickCount & 0xFFFFFF : 1;
        var failures = new ConcurrentDictionary<int, Exception>();
        long heard = 0;
        long ready = 0;
        Parallel.For(0, worlds, (number, loop) =>
        {
            var world = new AgentWorld(first + number);
            try
            {
                AgentEpisode.Run(world);
            }
            catch (Exception e)
            {
                failures.TryAdd(world.Seed, e);
                if (failures.Count >= MaxFailures)
                    loop.Stop();
            }

            Interlocked.Add(ref heard, world.Heard);
            Interlocked.Add(ref ready, world.ReadyHeard);
        });
        output.WriteLine($"{worlds} worlds, seeds {first} to {first + worlds - 1}: {heard} updates heard, {ready} of them ready signals.");
        foreach (var failure in failures.Values)
            output.WriteLine(failure.Message);
        if (!failures.IsEmpty)
            Replay(failures.Keys.First());
        Assert.True(heard > worlds * 20 && ready > worlds, $"only {heard} updates and {ready} ready signals were heard: the worlds are too empty");
    }

    [Fact]
    public void The_same_seed_gives_the_same_world()
    {
        var once = TraceOf(4_711);
        Assert.NotEmpty(once);
        Assert.Equal(once, TraceOf(4_711));
    }

    private static string[] TraceOf(int seed)
    {
        var world = new AgentWorld(seed, keeps: true);
        AgentEpisode.Run(world);
        return [.. world.Trace];
    }

    private void Replay(int seed)
    {
        var world = new AgentWorld(seed, keeps: true);
        try
        {
            AgentEpisode.Run(world);
        }
        finally
        {
            foreach (var line in world.Trace)
                output.WriteLine(line);
        }
    }
}
