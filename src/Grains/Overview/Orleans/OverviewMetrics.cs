using System.Diagnostics.Metrics;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <summary>
/// The metrics of grains that the house runtime keeps itself, as far as the overview knows them: the same names, so that the same boards
/// and alerts serve. Made with the silo, as a part of its life.
/// </summary>
public sealed class OverviewMetrics : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly CallCollector _calls;
    private readonly ClusterMembers _members;

    /// <param name="meters">Makes the meter.</param>
    /// <param name="calls">Counts the calls.</param>
    /// <param name="members">Knows the view.</param>
    public OverviewMetrics(IMeterFactory meters, CallCollector calls, ClusterMembers members)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _calls = calls;
        _members = members;
        var meter = meters.Create("Actors.Overview");
        meter.CreateObservableCounter("actors_grain_calls_total", ReadCalls, description: "Grain calls by class, method and outcome.");
        meter.CreateObservableCounter("actors_grain_stalls_total", () => _calls.Stalls, description: "Turns that ran too long, of the calls that were timed.");
        meter.CreateObservableGauge("actors_silo_view", () => _members.Read().View, description: "Number of the cluster's view that this silo has; 0 while it has none.");
    }

    /// <summary>Nothing is to be done at any stage.</summary>
    public void Participate(ISiloLifecycle lifecycle)
    {
    }

    private IEnumerable<Measurement<long>> ReadCalls()
    {
        foreach (var calls in _calls.Read())
        {
            foreach (var (outcome, count) in ((string, long)[])[("ok", calls.Ok), ("error", calls.Errors), ("cancelled", calls.Cancelled)])
            {
                if (count > 0) yield return new(count, new("type", calls.Type), new("method", calls.Method), new("outcome", outcome));
            }
        }
    }
}
