
namespace Actors.Simulation.Tests.Cluster;

/// <summary>A world's life: it starts, suffers, is mended, and must then be well again.</summary>
internal static class Episode
{
    private const double TroubleMs = 45_000;

    /// <summary>After everything is mended, so long until the cluster must be whole.</summary>
    private const double RecoverMs = 30_000;

    /// <summary>A call in a whole cluster is answered within this time.</summary>
    private const double AnswerMs = 10_000;

    public static void Run(World world)
    {
        new Troubles(world).Plan(fromMs: world.Chance.Of(0.5) ? 0 : 6_000, TroubleMs);
        world.Time.RunUntil(TroubleMs + RecoverMs);
        CheckWhole(world);
        world.Time.RunUntil(TroubleMs + RecoverMs + AnswerMs);
        CheckWhole(world);
        CheckAnswered(world);
    }

    private static void CheckWhole(World world)
    {
        foreach (SimNode node in world.Nodes)
        {
            if (node.Silo is not { } silo)
            {
                throw world.Broken($"node {node.Number} has no silo, although nothing is wrong any more.");
            }

            if (!silo.IsActive || !silo.IsSettled)
            {
                throw world.Broken($"{silo.Address} is {(silo.IsActive ? "" : "not ")}active and {(silo.IsSettled ? "" : "not ")}settled in view {silo.View.Version} (the store has {world.Store.View.Version}), although nothing is wrong any more. {silo.Hindrance}");
            }

            if (silo.View.Members.Count(static member => member.Status is Orleans.Runtime.SiloStatus.Active) != world.Nodes.Count)
            {
                throw world.Broken($"{silo.Address} sees {silo.View}.");
            }
        }
    }

    private static string Describe(World world, PendingCall call) => string.Join(
        " ",
        world.Nodes.Select(node => $"{node.Silo!.Address}{(node.Silo.Address.Equals(node.Silo.View.HomeOf(call.Grain)) ? " (home)" : "")}: {node.Silo.Describe(call.Grain)}."));

    private static void CheckAnswered(World world)
    {
        foreach (SimNode node in world.Nodes)
        {
            foreach (PendingCall call in node.Silo!.Pending)
            {
                if (!call.IsAnswered && world.Time.NowMs - call.AskedMs > AnswerMs)
                {
                    throw world.Broken($"{node.Silo.Address} has no answer from {call.Grain} since {call.AskedMs:0}. {Describe(world, call)}");
                }
            }
        }
    }
}
