using System.Diagnostics.CodeAnalysis;
using Actors.Runtime.Activations;
using Actors.Runtime.Peering;
using Actors.Runtime.Scheduling;
using Orleans.Runtime;

namespace Actors.Runtime.Management;

/// <summary>
/// Lets others look into this silo: what Orleans' management does not tell. It reads what is there, in memory, disturbs no turn and
/// wakes no grain; figures of different grains are of slightly different moments. Safe for use from any thread.
/// </summary>
public sealed class SiloReader
{
    private readonly LocalSilo _silo;

    internal SiloReader(LocalSilo silo) => _silo = silo;

    /// <summary>Turns that ran too long and times that the thread pool was starved, since the silo was made.</summary>
    public long Stalls => _silo.Metrics.StallCount;

    /// <summary>The number of the cluster's view; 0 before the first, and where there is no cluster.</summary>
    public long View => _silo.Cluster?.Routes.View.Version ?? 0;

    /// <summary>The grain classes that have activations here. Looks at each of these.</summary>
    public IReadOnlyList<ClassReading> ReadClasses()
    {
        var readings = new List<ClassReading>();
        foreach (GrainClass grainClass in _silo.References.Classes)
        {
            long waiting = 0;
            int longest = 0;
            if (grainClass.Count == 0)
            {
                continue;
            }

            foreach (Activation activation in grainClass.Snapshot())
            {
                int calls = activation.WaitingCalls;
                waiting += calls;
                longest = Math.Max(longest, calls);
            }

            readings.Add(new ClassReading(grainClass.GrainType.ToString(), grainClass.Count, waiting, longest));
        }

        return readings;
    }

    /// <summary>Looks at a grain's activation; false when it has none here.</summary>
    public bool TryRead(GrainId grain, [NotNullWhen(true)] out ActivationReading? reading)
    {
        reading = _silo.References.TryGetClass(grain.Type, out GrainClass? grainClass) && grainClass.TryGet(grain.Key, out Activation? activation)
            ? activation.Read()
            : null;
        return reading is not null;
    }

    /// <summary>The silo on which a grain lives, or would: this one where there is no cluster. Null: no silo may have it now.</summary>
    public SiloAddress? HomeOf(GrainId grain)
    {
        if (_silo.Remote is not { } remote)
        {
            return _silo.Address;
        }

        bool isNodeInKey = _silo.References.TryGetClass(grain.Type, out GrainClass? grainClass) && grainClass.IsNodeInKey;
        Route route = remote.Router.Find(grain, isNodeInKey, minView: 0);
        return route.Kind is RouteKind.Here ? _silo.Address : route.Silo;
    }

    /// <summary>The class that is called so; false when this build has none.</summary>
    public bool TryGetClass(GrainType type, [NotNullWhen(true)] out Type? grainClass)
    {
        grainClass = _silo.References.TryGetClass(type, out GrainClass? found) && !found.IsObserver ? found.Type : null;
        return grainClass is not null;
    }
}
