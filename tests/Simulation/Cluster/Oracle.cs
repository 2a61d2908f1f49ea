using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>Sees all silos at once, and says when something happened that must not.</summary>
internal sealed class Oracle(World world)
{
    private readonly Dictionary<GrainId, SiloAddress> _places = [];
    private readonly Dictionary<GrainId, (long Activation, HashSet<long> Over)> _turns = [];
    private readonly Dictionary<GrainId, (long Activation, HashSet<long> Over)> _writes = [];

    public int Turns { get; private set; }

    public int Writes { get; private set; }

    public int Activations { get; private set; }

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
        if (!Follow(_turns, grain, activation))
        {
            throw world.Broken($"activation {activation} of {grain} on {on} runs a turn after activation {_turns[grain].Activation} has run one: they overlap.");
        }

        Moves += _places.TryGetValue(grain, out SiloAddress? before) && !before.Equals(on) ? 1 : 0;
        _places[grain] = on;
    }

    /// <summary>Two activations never both complete a write, the older after the newer.</summary>
    public void Wrote(GrainId grain, long activation)
    {
        Writes++;
        if (!Follow(_writes, grain, activation))
        {
            throw world.Broken($"activation {activation} of {grain} completes a write after activation {_writes[grain].Activation} has.");
        }
    }

    private bool Follow(Dictionary<GrainId, (long Activation, HashSet<long> Over)> history, GrainId grain, long activation)
    {
        if (!history.TryGetValue(grain, out var last))
        {
            history[grain] = (activation, []);
            Activations++;
            return true;
        }

        if (last.Activation == activation)
        {
            return true;
        }

        if (last.Over.Contains(activation))
        {
            return false;
        }

        last.Over.Add(last.Activation);
        history[grain] = (activation, last.Over);
        Activations++;
        return true;
    }
}
