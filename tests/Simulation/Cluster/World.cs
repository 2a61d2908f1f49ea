using Actors.Runtime.Cluster;
using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>Nodes, their network, the store, and what goes wrong with them; everything follows from the seed.</summary>
internal sealed class World
{
    private readonly List<string> _trace = [];

    /// <param name="seed">Everything follows from it.</param>
    /// <param name="nodes">How many; null leaves it to the seed.</param>
    /// <param name="staggered">Null leaves it to the seed whether the silos start one after the other.</param>
    public World(int seed, int? nodes = null, bool? staggered = null)
    {
        Seed = seed;
        Chance = new Chance(seed);
        int count = nodes ?? Chance.Below(10) switch { 0 => 2, 1 => 4, 2 => 5, _ => 3 };
        Timings = nodes is null ? new ClusterTimings { StartGraceMs = 6_000, LoneVoteAfterMs = (long)Chance.Between(1_000, 10_000) } : new ClusterTimings();
        Store = new SimStore(this);
        Network = new SimNetwork(this);
        Oracle = new Oracle(this);
        Grains = [.. Enumerable.Range(0, 24).Select(static number => GrainId.Create("sim", $"grain-{number}"))];
        Nodes = [.. Enumerable.Range(0, count).Select(number => new SimNode(this, number))];
        foreach (SimNode node in Nodes)
        {
            Time.After(Chance.Between(0, staggered ?? Chance.Of(0.5) ? 3_000 : 20), node.Start);
        }

        Waits = new Waits(this);
    }

    public int Seed { get; }

    public Chance Chance { get; }

    public VirtualTime Time { get; } = new();

    public ClusterTimings Timings { get; }

    public SimStore Store { get; }

    public SimNetwork Network { get; }

    public Oracle Oracle { get; }

    public Waits Waits { get; }

    public IReadOnlyList<GrainId> Grains { get; }

    public IReadOnlyList<SimNode> Nodes { get; }

    /// <summary>False as soon as everything is mended.</summary>
    public bool IsTroubled { get; set; } = true;

    /// <summary>True when somebody sets the store's clock forward and back.</summary>
    public bool StepsStoreClock { get; init; }

    /// <summary>The one node with which anything is ever wrong; null when it may be any, the network and the store.</summary>
    public int? Victim { get; init; }

    /// <summary>False when grains only answer, so that they need no store once they are in memory.</summary>
    public bool Writes { get; init; } = true;

    public bool Keeps { get; set; }

    public long ActivationCount { get; set; }

    /// <summary>What happened, newest last; for the one who replays a seed.</summary>
    public IReadOnlyList<string> Trace => _trace;

    public void Note(string what)
    {
        if (Keeps)
        {
            _trace.Add($"{Time.NowMs,10:0.0} {what}");
        }
    }

    public Exception Broken(string what) => new InvalidOperationException($"Seed {Seed}, at {Time.NowMs:0.0} ms: {what}");
}
