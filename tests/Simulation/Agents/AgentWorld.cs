using Actors.Grains.Agents;
using Actors.Simulation.Tests.Cluster;

namespace Actors.Simulation.Tests.Agents;

/// <summary>Silos, a store, agents and clients on virtual time; everything follows from the seed.</summary>
internal sealed class AgentWorld
{
    private readonly List<string> _trace = [];
    private readonly Dictionary<(SimUser Client, SimUser Agent), int> _unlinks = [];
    private readonly Dictionary<(SimUser Client, SimUser Agent), double> _closedAtMs = [];
    private (int NodeId, int Generation)[] _placed = [];
    private HashSet<(int NodeId, int Generation)> _members = [];
    private long _viewNumber;

    /// <summary>
    /// After so many milliseconds nobody hears anything new by a tunnel that its client has closed. Its grain hears of it with the next report: 1 s until that is
    /// tried again, and 0.9 s for a call that is late.
    /// </summary>
    public const double ClientHearsForMs = 3_000;

    /// <summary>
    /// The same for the tunnel's other end, whose grain is another one. With all that may go wrong at once: 2.7 s until the silo of the client's grain is known to be
    /// dead, 2 s until its new activation knows the connection, and for the report to it and its push each 1 s until it is tried again and 0.9 s for a late call.
    /// </summary>
    public const double AgentHearsForMs = 8_500;

    public AgentWorld(int seed, bool keeps = false)
    {
        Seed = seed;
        Keeps = keeps;
        Chance = new Chance(seed);
        Store = new SimTunnelStore(this);
        PeerOptions = new PeerOptions
        {
            LostGraceMs = Chance.Of(0.3) ? 0 : 300,
            CompareEveryMs = 3_000,
            MaxCompareMs = 6_000,
            MaxSignals = Chance.Of(0.5) ? 1 : 5,
            AttachWithinMs = 2_000,
            RetryMs = 50,
            MaxRetryMs = 1_000,
            ClosedTunnelMs = 20_000,
            ForgetAfterMs = 8_000,
            MaxPushes = Chance.Of(0.5) ? 2 : 50,
            MaxBatch = Chance.Of(0.5) ? 2 : 256,
        };
        var count = 1 + Chance.Below(4);
        Agents = [.. Enumerable.Range(0, 1 + Chance.Below(4)).Select(number => new SimUser(this, number, isAgent: true))];
        Clients = [.. Enumerable.Range(0, 1 + Chance.Below(5)).Select(number => new SimUser(this, 100 + number, isAgent: false))];
        for (var node = 0; node < count; node++)
            Start(node);
    }

    public int Seed { get; }

    public bool Keeps { get; }

    public Chance Chance { get; }

    public VirtualTime Time { get; } = new();

    public SimTunnelStore Store { get; }

    public PeerOptions PeerOptions { get; }

    public SessionOptions SessionOptions { get; } = new() { RenewEveryMs = 2_000, RetryMs = 50, MaxRetryMs = 1_000, MaxTunnels = 16 };

    public List<SimAgentSilo> Silos { get; } = [];

    public IReadOnlyList<SimUser> Agents { get; }

    public IReadOnlyList<SimUser> Clients { get; }

    public IEnumerable<SimUser> Users => Agents.Concat(Clients);

    /// <summary>False as soon as everything is mended.</summary>
    public bool IsTroubled { get; set; } = true;

    public IReadOnlyList<string> Trace => _trace;

    public long Pushes { get; set; }

    public long Heard { get; set; }

    public long ReadyHeard { get; set; }

    public PeerNow Now => new((long)Time.NowMs, 1_000_000 + (long)Time.NowMs);

    public IEnumerable<SimAgentSilo> LiveSilos => Silos.Where(silo => !silo.IsDead);

    public void Note(string what)
    {
        if (Keeps)
            _trace.Add($"{Time.NowMs,10:0.0} {what}");
    }

    public Exception Broken(string what) => new InvalidOperationException($"Seed {Seed}, at {Time.NowMs:0.0} ms: {what}");

    public SimUser UserOf(Guid id) => Users.Single(user => user.Id == id);

    /// <summary>Lost messages, while there is trouble.</summary>
    public bool Loses() => IsTroubled && Chance.Of(0.03);

    public double DelayMs() => IsTroubled && Chance.Of(0.05) ? Chance.Between(5, 900) : Chance.Between(0.05, 3);

    /// <summary>The silo where a peer's grain lives; null while there is none.</summary>
    public SimAgentSilo? Home(Guid peer)
    {
        if (_placed.Length == 0)
            return null;
        var run = _placed.MaxBy(run => new Random(peer.GetHashCode() ^ (run.NodeId * 7_919)).Next());
        return Silos.Single(silo => silo.Run == run);
    }

    public void Start(int nodeId)
    {
        if (LiveSilos.Any(other => other.NodeId == nodeId))
            return;
        var silo = new SimAgentSilo(this, nodeId, Silos.Count(other => other.NodeId == nodeId) + 1);
        Silos.Add(silo);
        Note($"silo {silo.Run} starts");
        ChangeMembers([.. _members, silo.Run]);
        silo.Install(new AgentView(_viewNumber, _members));
    }

    /// <summary>A process dies; after a while it is declared dead.</summary>
    public void Kill(SimAgentSilo silo)
    {
        Note($"silo {silo.Run} dies");
        silo.Die();
        Time.After(Chance.Between(300, 2_500), () => ChangeMembers([.. _members.Where(run => run != silo.Run)]));
    }

    /// <summary>A silo closes its sockets, hands its grains over, and ends.</summary>
    public void Stop(SimAgentSilo silo)
    {
        Note($"silo {silo.Run} stops");
        silo.IsStopping = true;
        foreach (var socket in silo.Sockets.ToArray())
            socket.Close(isGoodbye: false);
        ChangeMembers([.. _members.Where(run => run != silo.Run)]);
        Time.After(2_500, silo.Die);
    }

    public void LinkChanged(SimUser client, SimUser agent, bool isOpen)
    {
        Note($"{client} {(isOpen ? "opens" : "closes")} {agent}");
        _unlinks[(client, agent)] = _unlinks.GetValueOrDefault((client, agent)) + (isOpen ? 0 : 1);
        if (!isOpen)
            _closedAtMs[(client, agent)] = Time.NowMs;
    }

    /// <summary>For how long a tunnel has been closed and silos could know it, because its client has a connection that has said so, or none; 0 while it is open.</summary>
    public double ClosedForMs(SimUser client, SimUser agent) =>
        client.Wanted.Contains(agent) ? 0 : Time.NowMs - Math.Max(_closedAtMs[(client, agent)], client.CouldSaySinceMs);

    public bool WereEverLinked(SimUser one, SimUser other) => _unlinks.ContainsKey((one, other)) || _unlinks.ContainsKey((other, one));

    public bool IsStored(SimUser one, SimUser other) => Store.Tunnels.Any(row =>
        row.State.IsOpen && ((row.Source == one.Id && row.Destination == other.Id) || (row.Source == other.Id && row.Destination == one.Id)));

    public int UnlinksOf(SimUser one, SimUser other) => _unlinks.GetValueOrDefault((one, other)) + _unlinks.GetValueOrDefault((other, one));

    /// <summary>A new view: every silo installs it in its own time, and when all have, grains move.</summary>
    private void ChangeMembers(HashSet<(int NodeId, int Generation)> members)
    {
        _members = members;
        var view = new AgentView(++_viewNumber, members);
        var lastMs = 0.0;
        foreach (var silo in LiveSilos)
        {
            var afterMs = Time.NowMs == 0 ? 0 : Chance.Between(1, 200);
            lastMs = Math.Max(lastMs, afterMs);
            Time.After(afterMs, () => silo.Install(view));
        }

        Time.After(lastMs, () =>
        {
            if (view.Number != _viewNumber)
                return;
            _placed = [.. members];
            foreach (var silo in LiveSilos)
            {
                foreach (var (id, grain) in silo.Grains.Where(pair => Home(pair.Key) != silo).ToArray())
                {
                    grain.IsOver = true;
                    silo.Grains.Remove(id);
                }
            }
        });
    }
}
