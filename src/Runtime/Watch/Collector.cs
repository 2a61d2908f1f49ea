using Actors.Runtime.Activations;
using Actors.Runtime.Scheduling;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;

namespace Actors.Runtime.Watch;

/// <summary>Ends activations that nobody has used for longer than their class allows; looks once per quantum, on the thread pool.</summary>
internal sealed class Collector : IDisposable
{
    private readonly LocalSilo _silo;
    private readonly ITimer _timer;

    public Collector(LocalSilo silo, IOptions<GrainCollectionOptions> options)
    {
        _silo = silo;
        TimeSpan quantum = options.Value.CollectionQuantum;
        using AsyncFlowControl flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _timer = silo.Time.CreateTimer(static self => ((Collector)self!).Collect(null), this, quantum, quantum);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Ends what has been idle for too long.</summary>
    /// <param name="age">The limit; null: each class's own.</param>
    public int Collect(TimeSpan? age)
    {
        int collected = 0;
        long nowMs = _silo.NowMs;
        var reason = new DeactivationReason(DeactivationReasonCode.ActivationIdle, "Nobody used it for longer than its collection age.");
        foreach (GrainClass grainClass in _silo.References.Classes)
        {
            long limitMs = grainClass.CollectionAgeMs == long.MaxValue ? long.MaxValue : (long?)age?.TotalMilliseconds ?? grainClass.CollectionAgeMs;
            if (limitMs == long.MaxValue)
            {
                continue;
            }

            foreach (Activation activation in grainClass.Snapshot())
            {
                if (activation.IsCollectible(nowMs, limitMs))
                {
                    activation.Deactivate(reason);
                    collected++;
                }
            }
        }

        _silo.Log.Collected(collected);
        return collected;
    }
}
