using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>Sees all silos at once, and says when something happened that must not.</summary>
internal sealed class Oracle(World world)
{
    private readonly Dictionary<GrainId, SiloAddress> _places = [];
    private readonly ActivationOrder _order = new();

    public int Turns { get; private set; }

    public int Writes { get; private set; }

    /// <summary>How often an activation took its record before it served.</summary>
    public int Taken { get; set; }

    /// <summary>How many writes came after another activation of the grain had run, and were refused.</summary>
    public int LateWritesRefused { get; private set; }

    public int Activations => _order.Activations;

    /// <summary>How often a grain ran on another silo than before.</summary>
    public int Moves { get; private set; }

    /// <summary>How many silos were declared dead by others.</summary>
    public int Deaths { get; set; }

    /// <summary>How often the store was away.</summary>
    public int Outages { get; set; }

    /// <summary>How often the store's clock was set.</summary>
    public int ClockSteps { get; set; }

    /// <summary>Two activations of a grain never take turns: once another has run, the one before never runs again.</summary>
    public void Ran(GrainId grain, long activation, SiloAddress on)
    {
        Turns++;
        if (!_order.TryRun(grain, activation))
        {
            throw world.Broken($"activation {activation} of {grain} on {on} runs a turn after activation {_order.LastOf(grain)} has run one: they overlap.");
        }

        Moves += _places.TryGetValue(grain, out SiloAddress? before) && !before.Equals(on) ? 1 : 0;
        _places[grain] = on;
    }

    /// <summary>Once another activation has run a turn, the one before never completes a write: what the new one read would not be true any more.</summary>
    public void Wrote(GrainId grain, long activation, bool isFirst)
    {
        Writes++;
        if (!_order.MayWrite(grain, activation, isFirst))
        {
            throw world.Broken($"activation {activation} of {grain} completes a write after activation {_order.LastOf(grain)} has run a turn.");
        }
    }

    /// <summary>A write found another version than the one that its activation knew.</summary>
    public void Refused(GrainId grain, long activation) => LateWritesRefused += _order.IsOver(grain, activation) ? 1 : 0;
}
