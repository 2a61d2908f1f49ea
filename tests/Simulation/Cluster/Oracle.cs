using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>Sees all silos at once, and says when something happened that must not.</summary>
internal sealed class Oracle(World world)
{
    private readonly Dictionary<GrainId, SiloAddress> _places = [];
    private readonly Dictionary<GrainId, (long Activation, HashSet<long> Over)> _turns = [];

    public int Turns { get; private set; }

    public int Writes { get; private set; }

    /// <summary>How often an activation took its record before it served.</summary>
    public int Taken { get; set; }

    /// <summary>How many writes came after another activation of the grain had run, and were refused.</summary>
    public int LateWritesRefused { get; private set; }

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
        if (!Follow(grain, activation))
        {
            throw world.Broken($"activation {activation} of {grain} on {on} runs a turn after activation {_turns[grain].Activation} has run one: they overlap.");
        }

        Moves += _places.TryGetValue(grain, out SiloAddress? before) && !before.Equals(on) ? 1 : 0;
        _places[grain] = on;
    }

    /// <summary>
    /// Once another activation has run a turn, the one before never completes a write: what the new one read would not be true any
    /// more. Only the very first write of a record may: of two activations that add it, the second is refused and ends.
    /// </summary>
    public void Wrote(GrainId grain, long activation, bool isFirst)
    {
        Writes++;
        if (!isFirst && IsOver(grain, activation))
        {
            throw world.Broken($"activation {activation} of {grain} completes a write after activation {_turns[grain].Activation} has run a turn.");
        }
    }

    /// <summary>A write found another version than the one that its activation knew.</summary>
    public void Refused(GrainId grain, long activation) => LateWritesRefused += IsOver(grain, activation) ? 1 : 0;

    private bool IsOver(GrainId grain, long activation) => _turns.TryGetValue(grain, out var last) && last.Over.Contains(activation);

    private bool Follow(GrainId grain, long activation)
    {
        if (!_turns.TryGetValue(grain, out var last))
        {
            _turns[grain] = (activation, []);
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
        _turns[grain] = (activation, last.Over);
        Activations++;
        return true;
    }
}
