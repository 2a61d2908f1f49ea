namespace Actors.Simulation.Tests.Cluster;

/// <summary>What goes wrong in a world, at random, until a time; then everything is mended.</summary>
internal sealed class Troubles(World world)
{
    private const int AllKinds = 14;

    /// <summary>Those that harm no second node, nor the store.</summary>
    private static readonly int[] OfOneNode = [0, 1, 2, 3, 4, 7, 10];

    public void Plan(double fromMs, double untilMs)
    {
        double everyMs = world.Chance.Between(400, 6_000);
        for (double atMs = fromMs; atMs < untilMs; atMs += world.Chance.Between(0, 2 * everyMs))
        {
            for (int together = world.Chance.Of(0.2) ? 3 : 1; together > 0; together--)
            {
                world.Time.After(atMs + world.Chance.Between(0, 1_500), One);
            }
        }

        if (world.StepsStoreClock)
        {
            // Apart from the other troubles, which are the same with and without it.
            var chance = new Chance(~world.Seed);
            for (double atMs = chance.Between(0, 5_000); atMs < untilMs; atMs += chance.Between(1_000, 15_000))
            {
                double byMs = chance.Of(0.5) ? chance.Between(-5_000, 5_000) : chance.Between(-7_200_000, 7_200_000);
                world.Time.After(atMs, () => world.Store.Step(byMs));
            }
        }

        world.Time.After(untilMs, MendAll);
    }

    private SimNode Victim(SimNode otherwise) => world.Victim is { } victim ? world.Nodes[victim % world.Nodes.Count] : otherwise;

    private void One()
    {
        Chance chance = world.Chance;
        SimNode node = Victim(chance.One(world.Nodes));
        SimNode other = chance.One(world.Nodes);
        double lengthMs = chance.Of(0.5) ? chance.Between(20, 1_500) : chance.Between(1_000, 14_000);
        switch (world.Victim is null ? chance.Below(AllKinds) : chance.One(OfOneNode))
        {
            case 0 or 1:
                node.Kill(withHost: false);
                world.Time.After(lengthMs, node.Start);
                break;
            case 2:
                node.Kill(withHost: true);
                world.Time.After(lengthMs, () =>
                {
                    node.IsHostDown = false;
                    node.Start();
                });
                break;
            case 3 or 4:
                node.Silo?.Pause(lengthMs);
                break;
            case 5:
                Cut(node, other, lengthMs);
                break;
            case 6:
                Cut(node, other, lengthMs);
                Cut(other, node, lengthMs);
                break;
            case 7:
                // A node is cut off from all others.
                foreach (SimNode each in world.Nodes)
                {
                    Cut(node, each, lengthMs);
                    Cut(each, node, lengthMs);
                }

                break;
            case 8:
                world.Note("the store is down");
                world.Store.IsDown = true;
                world.Oracle.Outages++;
                world.Time.After(lengthMs, () => world.Store.IsDown = false);
                break;
            case 9:
                world.Note($"node {node.Number} does not reach the store");
                node.IsCutFromStore = true;
                world.Time.After(lengthMs, () => node.IsCutFromStore = false);
                break;
            case 10:
                node.Silo?.Leave();
                break;
            case 11 or 12:
                world.Note($"what node {node.Number} sends to node {other.Number} lags");
                world.Network.Lag(node, other, chance.Between(100, 3_000));
                world.Time.After(lengthMs, () => world.Network.Lag(node, other, 0));
                break;
            default:
                world.Network.SlowMs = chance.Between(20, 800);
                world.Time.After(lengthMs, () => world.Network.SlowMs = 0);
                break;
        }
    }

    private void Cut(SimNode from, SimNode to, double lengthMs)
    {
        if (ReferenceEquals(from, to))
        {
            return;
        }

        world.Note($"cut from node {from.Number} to node {to.Number} for {lengthMs:0}");
        world.Network.Cut(from, to);
        world.Time.After(lengthMs, () => world.Network.Mend(from, to));
        if (world.Chance.Of(0.5))
        {
            world.Time.After(world.Chance.Between(0, 2 * lengthMs), () => from.Silo?.Break(to.Silo));
        }
    }

    private void MendAll()
    {
        world.Note("everything is mended");
        world.IsTroubled = false;
        world.Network.MendAll();
        world.Store.IsDown = false;
        foreach (SimNode node in world.Nodes)
        {
            node.IsHostDown = false;
            node.IsCutFromStore = false;
            node.Silo?.Resume();
            node.Start();
        }
    }
}
