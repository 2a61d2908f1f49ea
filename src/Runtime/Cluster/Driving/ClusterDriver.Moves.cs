using System.Collections.Concurrent;
using Actors.Runtime.Activations;
using Actors.Runtime.Scheduling;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

internal sealed partial class ClusterDriver
{
    private static readonly DeactivationReason Moved = new(DeactivationReasonCode.Migrating, "The grain's home is another silo in the cluster's new view.");

    private readonly ConcurrentQueue<Activation> _ended = new();
    private int _telling;

    /// <summary>An activation has ended; those that end together are told together.</summary>
    public void Ended(Activation activation)
    {
        if (activation.Class.IsPlacedByHash)
        {
            _ended.Enqueue(activation);
            if (Interlocked.Exchange(ref _telling, 1) == 0)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static driver => driver.TellEnded(), this, preferLocal: false);
            }
        }
    }

    /// <summary>
    /// A write of an activation here has failed, and may still be done at any time: from now on every activation takes its record before
    /// it serves, here and on the peers. From any thread.
    /// </summary>
    public void WriteInDoubt() => Do(static (machine, _) => machine.CutOff());

    private void TellEnded()
    {
        Interlocked.Exchange(ref _telling, 0);
        Do((machine, _) =>
        {
            var ended = new List<GrainId>();
            while (_ended.TryDequeue(out Activation? activation))
            {
                // When the grain has another one here by now, the end of that one counts.
                if (!activation.Class.TryGet(activation.Key, out Activation? _))
                {
                    ended.Add(activation.GrainId);
                }
            }

            machine.Ended(ended);
        });
    }

    /// <summary>
    /// Under the lock, while the machine installs a view: from here on no grain that is not at home begins. An activation is known
    /// before it looks at the routes, and the routes are changed before the activations are looked at: one of the two sees the other.
    /// </summary>
    private IEnumerable<GrainId> Held(ClusterView view)
    {
        Publish(view, isQuick: false, hasNode: false);
        Interlocked.MemoryBarrier();
        return HeldHere();
    }

    private IEnumerable<GrainId> HeldHere() =>
        _silo.References.Classes.Where(static grainClass => grainClass.IsPlacedByHash).SelectMany(static grainClass => grainClass.Snapshot()).Select(static activation => activation.GrainId);

    private void Publish(ClusterView view, bool isQuick, bool hasNode)
    {
        var routes = new ClusterRoutes(_silo.Address, _silo.NodeId, view, isQuick, hasNode, _machine.MustTakeRecords);
        if (!_routes.Equals(routes))
        {
            Volatile.Write(ref _routes, routes);
        }
    }

    /// <summary>Under the lock: connects to who is a member now, and ends the activations that have moved.</summary>
    private void Follow(ClusterView view)
    {
        _log.Installed(view);
        Publish(view, isQuick: false, hasNode: false);
        foreach (ViewMember member in view.Members)
        {
            if (member.Silo.Equals(_silo.Address))
            {
                continue;
            }

            if (member.IsLive)
            {
                _calls?.Hub.Want(member.Silo);
            }
            else if (!member.LeftByItself)
            {
                // Who left by itself sends its last answers and closes.
                _forgotten.Add(member.Silo);
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(static driver => driver.EndMoved(), this, preferLocal: false);
    }

    private void EndMoved()
    {
        ClusterView view = Routes.View;
        var late = new List<Activation>();
        foreach (GrainClass grainClass in _silo.References.Classes.Where(static grainClass => grainClass.IsPlacedByHash))
        {
            foreach (Activation activation in grainClass.Snapshot())
            {
                if (!_silo.Address.Equals(view.HomeOf(activation.GrainId)))
                {
                    activation.Deactivate(Moved, CancellationToken.None);
                    late.Add(activation);
                }
            }
        }

        if (late.Count > 0)
        {
            _ = PoisonAsync(late);
        }
    }

    /// <summary>Who has not ended when its time is over is cut off from everything: its new home does not wait for ever.</summary>
    private async Task PoisonAsync(List<Activation> late)
    {
        try
        {
            await Task.Delay(DrainTimeout, _time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        late.RemoveAll(static activation => activation.IsClosed);
        if (late.Count > 0)
        {
            Do(static (machine, _) => machine.CutOff());
        }

        foreach (Activation activation in late)
        {
            if (activation.Poison())
            {
                _log.Poisoned(activation.GrainId, DrainTimeout);
            }
        }
    }
}
