using System.Net;
using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>A host on which one silo runs after the other.</summary>
internal sealed class SimNode(World world, int number)
{
    private int _generation;

    private const int FirstPort = 11_000;

    public int Number => number;

    public SimSilo? Silo { get; private set; }

    /// <summary>The host is gone: nothing answers for it.</summary>
    public bool IsHostDown { get; set; }

    public bool IsCutFromStore { get; set; }

    /// <summary>The port of a node's silos.</summary>
    public static int PortOf(int number) => FirstPort + number;

    public void Start()
    {
        if (Silo is not null || IsHostDown)
        {
            return;
        }

        Silo = new SimSilo(world, this, SiloAddress.New(IPAddress.Loopback, PortOf(number), ++_generation));
        world.Note($"{Silo.Address} starts");
        Silo.Begin();
    }

    /// <summary>kill -9, or the host's power.</summary>
    public void Kill(bool withHost)
    {
        if (Silo is { } silo)
        {
            world.Note($"{silo.Address} is killed{(withHost ? " with its host" : "")}");
            IsHostDown = withHost;
            Silo = null;
            silo.Die(withHost);
        }
        else
        {
            IsHostDown |= withHost;
        }
    }

    /// <summary>The silo has ended by its own decision.</summary>
    public void Ended(SimSilo silo)
    {
        if (ReferenceEquals(Silo, silo))
        {
            Silo = null;
            world.Time.After(world.Chance.Between(50, 3_000), Start);
        }
    }
}
