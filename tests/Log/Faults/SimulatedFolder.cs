namespace Actors.Log.Tests.Faults;

/// <summary>A folder. Its names change at once for programs, and survive after a sync of the folder; a loss of power keeps the changes since then up to some point.</summary>
internal sealed class SimulatedFolder : SimulatedNode
{
    private readonly List<(string Name, SimulatedNode? Node)[]> _changes = [];
    private Dictionary<string, SimulatedNode> _durable = [];

    public Dictionary<string, SimulatedNode> Names { get; private set; } = [];

    /// <summary>Adds, replaces and removes names, all of them or none.</summary>
    public void Change(params (string Name, SimulatedNode? Node)[] changes)
    {
        Apply(Names, changes);
        _changes.Add(changes);
    }

    public void Sync()
    {
        _changes.Clear();
        _durable = new Dictionary<string, SimulatedNode>(Names);
    }

    public override SimulatedNode AfterPowerLoss(Random random)
    {
        var left = new Dictionary<string, SimulatedNode>(_durable);
        int kept = random.Next(0, _changes.Count + 1);
        for (int i = 0; i < kept; i++)
            Apply(left, _changes[i]);
        var folder = new SimulatedFolder();
        foreach ((string name, SimulatedNode node) in left.OrderBy(n => n.Key, StringComparer.Ordinal))
            folder.Names[name] = node.AfterPowerLoss(random);
        folder.Sync();
        return folder;
    }

    private static void Apply(Dictionary<string, SimulatedNode> names, (string Name, SimulatedNode? Node)[] changes)
    {
        foreach ((string name, SimulatedNode? node) in changes)
        {
            if (node is null)
                names.Remove(name);
            else
                names[name] = node;
        }
    }
}
