namespace Actors.Storage.Migrations;

public sealed partial class MigrationMachine
{
    private Next Advance(MigrationState state, MigrationInput input)
    {
        var view = input.View;
        var now = input.NowMs;
        var waitedMs = now - state.SinceMs;
        switch (state.Phase)
        {
            case MigrationPhase.WaitingForSlot when waitedMs > options.SlotTimeout.TotalMilliseconds:
                return Go(Enter(state, MigrationPhase.Aborting, now, "no share of the links and pools came free in time"));
            case MigrationPhase.Paused when !state.IsHeld && waitedMs > options.SlotTimeout.TotalMilliseconds:
                return Go(Enter(state, MigrationPhase.Aborting, now, "its path did not come back in time"));
            case MigrationPhase.Copying when !input.IsPathUp:
                return Go(Enter(state, MigrationPhase.Paused, now, "its path is down"), MigrationEffect.StopCopy);
            case MigrationPhase.Copying when input.GrantBytesPerSecond == 0:
                return Go(Enter(state, MigrationPhase.WaitingForSlot, now, null), MigrationEffect.StopCopy);
            case MigrationPhase.Copying when state.CopiedMs + waitedMs > options.CopyTimeout.TotalMilliseconds:
                return Go(Enter(state, MigrationPhase.Aborting, now, "copying took too long"));
            case MigrationPhase.Copying when now - state.ProgressAtMs > options.StallTimeout.TotalMilliseconds:
                return Go(Enter(state, MigrationPhase.Aborting, now, "the copy makes no progress"));
            case MigrationPhase.Synced when waitedMs > options.StepTimeout.TotalMilliseconds:
                return Go(Enter(state, MigrationPhase.Aborting, now, "verifying took too long"));
        }

        if (view is null) return Go(state);
        state = Rebase(state, view);
        return state.Phase switch
        {
            MigrationPhase.Planned => Begin(state, view, now),
            MigrationPhase.WaitingForSlot or MigrationPhase.Paused => Wait(state, view, input),
            MigrationPhase.Copying => Copy(state, view, input),
            MigrationPhase.Synced => Verify(state, view, now),
            MigrationPhase.Switching => Switch(state, view, now),
            MigrationPhase.Soaking => Soak(state, view, now),
            MigrationPhase.RemovingSource => RemoveSource(state, view, now),
            _ => Abort(state, view, now),
        };
    }

    private static Next Begin(MigrationState state, VolumeView view, long now)
    {
        if (view.Replicas.FirstOrDefault(replica => replica.Pool == state.SourcePool) is not { } source)
            return Go(Enter(state, MigrationPhase.Failed, now, $"the volume has no replica in {state.SourcePool}"));
        if (view.Replicas.Any(replica => replica.Pool == state.TargetPool))
            return Go(Enter(state, MigrationPhase.Failed, now, $"the volume has a replica in {state.TargetPool} already"));
        if (view.Replicas.FirstOrDefault(replica => !replica.IsInSync) is { } behind)
            return Go(Enter(state, MigrationPhase.Failed, now, $"the replica in {behind.Pool} is not in sync"));
        return Go(Enter(state, MigrationPhase.WaitingForSlot, now, null) with { Before = [.. view.Replicas.Select(replica => replica.Id)], CountBefore = view.Replicas.Count, Source = source.Id });
    }

    private static Next Wait(MigrationState state, VolumeView view, MigrationInput input)
    {
        // One that was asked for just before is recognized here too: a wait is long, and others may come meanwhile.
        if (state.Target is null) state = state with { Target = Ours(state, view).Find(replica => replica.Pool == state.TargetPool)?.Id };
        if (view.IsCopying) return Go(state, MigrationEffect.StopCopy);
        if (state.Phase == MigrationPhase.WaitingForSlot)
            return Go(input is { IsPathUp: true, GrantBytesPerSecond: > 0 } ? Enter(state, MigrationPhase.Copying, input.NowMs, null) : state);
        return Go(input.IsPathUp && !state.IsHeld ? Enter(state, MigrationPhase.WaitingForSlot, input.NowMs, null) : state);
    }

    private static Next Copy(MigrationState state, VolumeView view, MigrationInput input)
    {
        // One that is cut off from the others, or that catches up with them, will be whole again: until then nothing is begun, and no progress is no stall.
        var behind = view.Replicas.FirstOrDefault(replica => replica is { IsInSync: false, IsFaulted: false } && state.Before.Contains(replica.Id));
        state = state with { Reason = behind is null ? null : $"the replica in {behind.Pool} is not in sync at the moment", ProgressAtMs = behind is null ? state.ProgressAtMs : input.NowMs };
        var ours = Ours(state, view);
        if (Find(view, state.Source) is not { } source || source is { IsInSync: false, IsFaulted: true }) return Abandon("the old replica is not in sync any more");
        if (!source.IsInSync) return Go(state);
        if (!state.IsTargetAsked && view.Replicas.Any(replica => replica.Pool == state.TargetPool)) return Abandon($"the volume has a replica in {state.TargetPool} already");
        if (ours.Count == 0 && state.Target is null) return Go(state with { IsTargetAsked = true }, MigrationEffect.CreateTarget);
        var target = ours.Find(replica => state.Target is null ? replica.Pool == state.TargetPool : replica.Id == state.Target);
        if (target is null && state.Target is not null) return Abandon("the new replica has vanished");
        if (target is null || target.Pool != state.TargetPool)
            return Abandon($"the back end made the new replica in {string.Join(" and ", ours.Select(replica => replica.Pool))}, not in {state.TargetPool}");
        if (target.IsFaulted) return Abandon("the new replica is faulted");
        var seen = Rebase(state with { Target = target.Id }, view);
        if (target.SyncedBytes < state.ProgressBytes) seen = seen with { ProgressBytes = target.SyncedBytes }; // it began anew
        if (target.SyncedBytes > state.ProgressBytes) seen = seen with { ProgressBytes = target.SyncedBytes, ProgressAtMs = input.NowMs, Attempts = 0 };
        if (target.IsInSync) return Go(Enter(seen, MigrationPhase.Synced, input.NowMs, null));
        if (!view.IsCopying) return Go(seen, MigrationEffect.StartCopy, target.Id);
        return Go(seen, view.SpeedBytesPerSecond != input.GrantBytesPerSecond ? MigrationEffect.SetSpeed : MigrationEffect.None, target.Id);

        Next Abandon(string reason) => Go(Enter(state, MigrationPhase.Aborting, input.NowMs, reason));
    }

    private static Next Verify(MigrationState state, VolumeView view, long now)
    {
        if (Find(view, state.Target) is not { IsFaulted: false } target) return Go(Enter(state, MigrationPhase.Aborting, now, "the new replica is gone or faulted"));
        if (!view.IsTargetPoolUsable) return Go(Enter(state, MigrationPhase.Aborting, now, $"{state.TargetPool} is not usable any more"));
        if (!target.IsInSync) return Go(Enter(state, MigrationPhase.WaitingForSlot, now, null));
        return target.IsVerified ? Go(Enter(state, MigrationPhase.Switching, now, null)) : Go(state, MigrationEffect.Verify, target.Id);
    }

    private Next Switch(MigrationState state, VolumeView view, long now)
    {
        if (IsInSync(view, state.Target))
        {
            if (view.ActiveReplica is null || view.ActiveReplica == state.Target) return Go(Enter(state, MigrationPhase.Soaking, now, null));
            if (now - state.SinceMs <= options.StepTimeout.TotalMilliseconds) return Go(state, MigrationEffect.Switch, state.Target);
        }

        return view.ActiveReplica is null || view.ActiveReplica != state.Target || IsInSync(view, state.Source)
            ? Go(Enter(state, MigrationPhase.Aborting, now, "the volume could not be put onto the new replica"))
            : Go(state);
    }

    private Next Soak(MigrationState state, VolumeView view, long now)
    {
        if (Find(view, state.Source) is null && Find(view, state.Target) is null)
            return Go(Enter(state, MigrationPhase.Failed, now, "both the old and the new replica are gone"));
        if (!IsInSync(view, state.Target))
        {
            return IsInSync(view, state.Source)
                ? Go(Enter(state, MigrationPhase.Aborting, now, "the new replica failed before the old one was removed"))
                : Go(state);
        }

        return Go(now - state.SinceMs >= options.Soak.TotalMilliseconds ? Enter(state, MigrationPhase.RemovingSource, now, null) : state);
    }

    private static Next RemoveSource(MigrationState state, VolumeView view, long now)
    {
        var (source, target) = (Find(view, state.Source), Find(view, state.Target));
        if (source is null)
            return Go(Enter(state, target is null ? MigrationPhase.Failed : MigrationPhase.Done, now, target is null ? "both the old and the new replica are gone" : state.IsForgetting ? state.Reason : null));
        if (target is null) return Go(Enter(state, MigrationPhase.Failed, now, "the back end removed the new replica instead of the old one; the volume is where it was"));
        if (!IsOneMore(state, view)) return Go(Enter(state, MigrationPhase.Failed, now, $"{Lost(state, view)}, so that in {source.Pool} was kept beside the one in {target.Pool}"));
        if (target.IsFaulted && source.IsInSync) return Go(Enter(state, MigrationPhase.Aborting, now, "the new replica failed before the old one was removed"));
        var isSafe = target.IsInSync && (view.ActiveReplica is null || view.ActiveReplica == target.Id)
            && view.Replicas.All(replica => replica.IsInSync || replica.Id == source.Id);
        return Go(state, isSafe ? MigrationEffect.RemoveReplica : MigrationEffect.None, isSafe ? source.Id : null);
    }

    private static Next Abort(MigrationState state, VolumeView view, long now)
    {
        var ours = Ours(state, view);
        if (ours.Count == 0) return Go(Enter(state, MigrationPhase.Failed, now, state.Reason + Strangers(state, view)));
        var source = Find(view, state.Source);
        if (!IsOneMore(state, view) || (source is null && ours.Exists(replica => replica.Id == view.ActiveReplica)))
            return Go(Enter(state, MigrationPhase.Failed, now, $"{state.Reason}; {Lost(state, view)}, so that in {string.Join(" and ", ours.Select(replica => replica.Pool))} was kept"));
        if (view.IsCopying) return Go(state, MigrationEffect.StopCopy);
        if (source is { IsInSync: false })
        {
            // The volume runs on the new one and writes have left the old one behind: there is no way back. Otherwise the old one may become whole again.
            return Go(view.ActiveReplica is { } active && active == state.Target && IsInSync(view, active) ? Enter(state, MigrationPhase.Soaking, now, $"{state.Reason}, too late to go back") : state);
        }

        if (ours.Exists(replica => replica.Id == view.ActiveReplica)) return Go(state, MigrationEffect.Switch, state.Source);
        if ((ours.Find(replica => replica.Id == state.Target) ?? ours.Find(replica => replica.Pool == state.TargetPool) ?? (ours.Count == 1 ? ours[0] : null)) is not { } removed)
            return Go(Enter(state, MigrationPhase.Failed, now, $"{state.Reason}; which of {Names(ours)} was made for it is not known, so all of them stay"));
        var isSafe = view.Replicas.All(replica => replica.IsInSync || replica.Id == removed.Id); // and it is stored which one it is, so that no other is taken after it
        return Go(state with { Target = removed.Id }, isSafe ? MigrationEffect.RemoveReplica : MigrationEffect.None, isSafe ? removed.Id : null);
    }

    // By request: what cannot be removed is named, and stays.
    private static Next Forget(Next next, VolumeView? view, long now)
    {
        if (next.Effect == MigrationEffect.RemoveReplica)
        {
            var left = $"; {next.Replica} was given up, and is left there if its pool is away";
            var reason = next.State.Reason ?? "given up by request";
            return next with { Effect = MigrationEffect.ForgetReplica, State = next.State with { Reason = reason.EndsWith(left, StringComparison.Ordinal) ? reason : reason + left } };
        }

        return next.Effect != MigrationEffect.None ? next : Go(Enter(next.State, MigrationPhase.Failed, now, Rest(next.State, view)));
    }

    private static string Rest(MigrationState state, VolumeView? view)
    {
        var reason = state.Reason ?? "given up by request";
        var pool = state.Phase == MigrationPhase.RemovingSource ? state.SourcePool : state.TargetPool;
        if (view is null) return $"{reason}; the volume could not be read, so look whether {pool} still holds a replica of it";
        var rest = state.Phase == MigrationPhase.RemovingSource ? view.Replicas.Where(replica => replica.Id == state.Source) : Ours(state, view);
        return $"{reason}; {Names(rest)} could not be removed and is left to you";
    }

    private static string Names(IEnumerable<ReplicaView> replicas) => string.Join(" and ", replicas.Select(replica => $"{replica.Id} in {replica.Pool}"));

    // None is before one was asked for, and one replica is made: once it was seen, no other is.
    private static List<ReplicaView> Ours(MigrationState state, VolumeView view) => state.IsTargetAsked
        ? [.. view.Replicas.Where(replica => !state.Before.Contains(replica.Id) && (state.Target is null || replica.Id == state.Target))] : [];

    // Until the new replica is asked for, all that there are were made by somebody else. While it is there, and none of the others was lost, so was one that nobody has seen before.
    // They are to stay like those that there were at the beginning. An id that was in it stays in it: one that went may come back.
    private static MigrationState Rebase(MigrationState state, VolumeView view)
    {
        if (state.IsTargetAsked && (Find(view, state.Target) is null || view.Replicas.Count <= state.CountBefore + 1)) return state;
        var strangers = view.Replicas.Select(replica => replica.Id).Where(id => id != state.Target && !state.Before.Contains(id)).ToList();
        return strangers.Count == 0 ? state : state with { Before = [.. state.Before, .. strangers] };
    }

    // A new replica that has vanished may have been replaced by the back end itself: then what is there in its place is ours.
    private static MigrationState Disown(MigrationState state, VolumeView? view) => view is not null && Find(view, state.Target) is null ? state with { Target = null } : state;

    private static string Strangers(MigrationState state, VolumeView view)
    {
        var pools = string.Join(" and ", view.Replicas.Where(replica => !state.Before.Contains(replica.Id)).Select(replica => replica.Pool));
        return pools.Length == 0 ? "" : IsOneMore(state, view) ? $"; the replica in {pools} is not of this move, and stays" : $"; {Lost(state, view)}, so that in {pools} was kept";
    }

    // Whether a replica can go and leave as many as there were before.
    private static bool IsOneMore(MigrationState state, VolumeView view) => view.Replicas.Count > state.CountBefore;

    private static string Lost(MigrationState state, VolumeView view) => $"the replica {string.Join(" and ", state.Before.Where(id => Find(view, id) is null))} has vanished";
}
