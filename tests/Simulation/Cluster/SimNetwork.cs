namespace Actors.Simulation.Tests.Cluster;

/// <summary>The links between nodes, each of two directions that fail apart.</summary>
internal sealed class SimNetwork(World world)
{
    private readonly HashSet<(int From, int To)> _cut = [];
    private readonly Dictionary<(int From, int To), double> _lagMs = [];

    /// <summary>Longer than usual while the network is slow, in milliseconds.</summary>
    public double SlowMs { get; set; }

    public bool IsCut(SimNode from, SimNode to) => _cut.Contains((from.Number, to.Number));

    /// <summary>1 when what one node sends to another is lost, or late; 0 otherwise.</summary>
    public int IsTroubled(SimNode from, SimNode to) => SlowMs > 0 || IsCut(from, to) || _lagMs.GetValueOrDefault((from.Number, to.Number)) > 0 ? 1 : 0;

    public void Cut(SimNode from, SimNode to)
    {
        _cut.Add((from.Number, to.Number));
        Harmed(from, to);
    }

    public void Mend(SimNode from, SimNode to) => _cut.Remove((from.Number, to.Number));

    /// <summary>One direction takes long; what is sent on it still arrives.</summary>
    public void Lag(SimNode from, SimNode to, double lagMs)
    {
        _lagMs[(from.Number, to.Number)] = lagMs;
        Harmed(from, to);
    }

    public void MendAll()
    {
        _cut.Clear();
        _lagMs.Clear();
        SlowMs = 0;
    }

    public double DelayMs(SimNode from, SimNode to) => world.Chance.Between(0.1, 2)
        + (SlowMs > 0 ? world.Chance.Between(0, SlowMs) : 0)
        + (_lagMs.TryGetValue((from.Number, to.Number), out double lagMs) ? world.Chance.Between(lagMs / 2, lagMs) : 0);

    private void Harmed(SimNode from, SimNode to)
    {
        world.Waits.Harmed(from);
        world.Waits.Harmed(to);
    }
}
