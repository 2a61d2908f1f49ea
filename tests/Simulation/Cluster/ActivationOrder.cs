using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>
/// The one rule of who may act for a grain: once another activation of it has run a step of a turn, the one before never runs again, and
/// never completes a write. Only the very first write of a record may: of two activations that add it, the second is refused and ends.
/// </summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class ActivationOrder
{
    private readonly Dictionary<GrainId, (long Activation, HashSet<long> Over)> _turns = [];

    /// <summary>How many activations have run.</summary>
    public int Activations { get; private set; }

    /// <summary>The activation that ran last; 0 when none has.</summary>
    public long LastOf(GrainId grain) => _turns.TryGetValue(grain, out var last) ? last.Activation : 0;

    /// <summary>True when another activation of the grain has run since this one did.</summary>
    public bool IsOver(GrainId grain, long activation) => _turns.TryGetValue(grain, out var last) && last.Over.Contains(activation);

    /// <summary>An activation runs a step of a turn; false when it must not.</summary>
    public bool TryRun(GrainId grain, long activation)
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

    /// <summary>True when an activation may complete a write.</summary>
    public bool MayWrite(GrainId grain, long activation, bool isFirst) => isFirst || !IsOver(grain, activation);
}
