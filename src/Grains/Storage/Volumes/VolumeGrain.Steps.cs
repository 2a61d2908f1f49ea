using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;
using Orleans.Runtime;

namespace Actors.Grains.Storage;

public sealed partial class VolumeGrain
{
    /// <summary>Steps of one tick at most: each phase has one, and a machine that does not come to rest must not hold the grain.</summary>
    private const int MaxStepsPerTick = 12;

    private MigrationFailure? _failure;
    private string? _problem;
    private MigrationPhase? _overduePhase;
    private bool _isPathUp = true;
    private bool _isCopying;
    private bool _isUnstored;

    private IPoliciesGrain Policies => GrainFactory.GetGrain<IPoliciesGrain>(IPoliciesGrain.Key);

    private ISharesGrain Shares => GrainFactory.GetGrain<ISharesGrain>(ISharesGrain.Key);

    private async Task TickAsync(CancellationToken token)
    {
        for (var step = 0; step < MaxStepsPerTick && State.Order is { } order; step++)
        {
            if (State.End is null)
            {
                if (!(await StepAsync(order, MigrationCommand.None, token)).HasEnteredAnother) return;
                continue;
            }

            if (!await TryTellAsync(State.End)) return;
            (State.Order, State.LastOrder, _isUnstored) = (null, order, true);
        }

        if (State.Order is not null) return;
        services.Metrics.Forget(Volume);
        if (_isUnstored) await StoreAsync();
        Proceed();
    }

    private async Task<string?> Obey(MigrationCommand command)
    {
        if (State.Order is not { } order || !IsUnderWay) return "it does not move";
        var (_, refusal) = await StepAsync(order, command, CancellationToken.None);
        if (command is MigrationCommand.Abort or MigrationCommand.Forget && refusal is null && !State.IsAbortAsked && State.Order is not null)
        {
            State.IsAbortAsked = true;
            if (State.End is { } end) State.End = end with { IsAborted = !end.IsDone };
            await StoreAsync();
        }

        return refusal;
    }

    /// <summary>Looks, decides, stores, and then has it done.</summary>
    private async Task<(bool HasEnteredAnother, string? Refusal)> StepAsync(MigrationOrder order, MigrationCommand command, CancellationToken token)
    {
        var nowMs = services.NowMs;
        if (State.Migration is null && nowMs < order.NotBeforeMs && command == MigrationCommand.None) return (false, null);
        var move = order.Moves[State.Move];
        var before = State.Migration?.ToState(Volume) ?? new MigrationState { Volume = Volume, SourcePool = move.SourcePool, TargetPool = move.TargetPool, SinceMs = nowMs, ProgressAtMs = nowMs };
        await AskShareAsync(before, move);
        var view = await ReadAsync(move, token);
        await GiveBackAsync(before, view);
        var machine = new MigrationMachine(services.Settings.Migrations with { CopyTimeout = TimeSpan.FromMilliseconds(order.CopyTimeoutMs) });
        var step = machine.Step(before, new MigrationInput(services.NowMs, view, _share.BytesPerSecond, _isPathUp, command, _failure));
        _failure = null;

        var hasEntered = step.State.Phase != before.Phase;
        var mustStore = step.MustStore || State.Migration is null || _isUnstored;
        State.Migration = StoredMigration.Of(step.State);
        if (hasEntered) VolumeLog.Enters(logger, Volume, before.Phase, step.State.Phase, step.State.Reason ?? "as planned");
        Judge(step);
        if (step.State.IsFinal) Conclude(order, step.State);
        services.Metrics.Progress(Volume, order.SizeBytes == 0 ? 1 : (double)CopiedBytes(order) / order.SizeBytes);
        if (mustStore || step.State.IsFinal) await StoreAsync();
        await PerformAsync(step, move, view, token);
        return (hasEntered, step.Refusal);
    }

    /// <summary>One replica has moved or has not: the next one follows, or the order has ended.</summary>
    private void Conclude(MigrationOrder order, MigrationState ended)
    {
        if (ended.Phase == MigrationPhase.Done && State.Move + 1 < order.Moves.Length)
        {
            State.Move++;
            State.Migration = null;
            return;
        }

        var isDone = ended.Phase == MigrationPhase.Done;
        var reason = ended.Reason ?? "it failed";
        if (State.Move > 0) reason += $"; {State.Move} of {order.Moves.Length} replicas had moved before, and are not taken back";
        State.End = new MigrationEnd
        {
            Id = order.Id,
            Volume = Volume,
            IsDone = isDone,
            IsAborted = !isDone && State.IsAbortAsked,
            Error = isDone ? null : reason,
            BeganAtMs = order.DecidedAtMs,
            EndedAtMs = services.NowMs,
        };
        if (isDone) VolumeLog.Done(logger, Volume, ended.TargetPool);
        else VolumeLog.NotDone(logger, Volume, ended.TargetPool, reason);
    }

    private void Judge(MigrationStep step)
    {
        services.Metrics.Overdue(Volume, step.IsOverdue);
        if (!step.IsOverdue) _overduePhase = null;
        if (!step.IsOverdue || _overduePhase == step.State.Phase) return;
        _overduePhase = step.State.Phase;
        VolumeLog.Overdue(logger, Volume, step.State.Phase, _problem ?? "");
    }

    private async Task AskShareAsync(MigrationState state, OrderedMove move)
    {
        try
        {
            if (state.WantsSlot)
            {
                var askedAtMs = _share.NowMs();
                var grant = await Shares.Ask(_share.Ask(Volume, move));
                _share.Take(grant, askedAtMs);
                _isPathUp = grant.IsPathUp;
                return;
            }

            if (state.Phase == MigrationPhase.Paused) _isPathUp = await Shares.IsPathUp(move);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            VolumeLog.ShareNotAsked(logger, failure, Volume);
        }
    }

    /// <summary>Gives the share back when it is not wanted any more and the copy is seen to have stopped: a copy that still runs uses it.</summary>
    private async Task GiveBackAsync(MigrationState state, VolumeView? view)
    {
        _share.Saw(view is { IsCopying: true } ? view.CopiedBytes : null);
        if (view is not null) _isCopying = view.IsCopying;
        if (state.WantsSlot || !_share.IsHolding || _isCopying) return;
        try
        {
            _share.Drop();
            await Shares.Release(Volume);
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            VolumeLog.ShareNotAsked(logger, failure, Volume);
        }
    }

    private async Task<VolumeView?> ReadAsync(OrderedMove move, CancellationToken token)
    {
        try
        {
            var view = await services.AskBackEndAsync(Volume, (backEnd, until) => backEnd.ReadAsync(Volume, move.TargetPool, until), token);
            if (view is not null && _failure is null) _problem = null;
            if (view is null) _problem = "the back end has no such volume any more";
            // One that is gone has no replicas; that is not the same as one that could not be read.
            return view ?? new VolumeView([], ActiveReplica: null, IsCopying: false, SpeedBytesPerSecond: 0, IsTargetPoolUsable: false);
        }
        catch (BackEndException failure)
        {
            _problem = failure.Message;
            VolumeLog.NotRead(logger, failure, Volume);
            return null;
        }
    }

    private async Task PerformAsync(MigrationStep step, OrderedMove move, VolumeView? view, CancellationToken token)
    {
        // As it is now: what was stored meanwhile may have taken longer than the share holds, and then its room is somebody else's.
        var rate = new CopyRate(_share.BytesPerSecond, _share.TimeToLive, CopyRoute.Of(move, services.Settings).Pacing(services.Settings), _share.ApplicationBytesPerSecond);
        var isRenewed = step.Effect == MigrationEffect.None && step.State.Phase == MigrationPhase.Copying && view is { IsCopying: true };
        if (step.Effect == MigrationEffect.None && !isRenewed) return;
        if (rate.BytesPerSecond == 0 && (isRenewed || step.Effect is MigrationEffect.StartCopy or MigrationEffect.SetSpeed)) return;
        try
        {
            await services.AskBackEndAsync(
                Volume,
                async (backEnd, until) =>
                {
                    if (step.Effect == MigrationEffect.None) await backEnd.RenewAsync(Volume, rate, until);
                    else await backEnd.PerformAsync(new VolumeEffect(Volume, step.Effect, move.SourcePool, move.TargetPool, step.Replica, rate), until);
                    return true;
                },
                token);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !token.IsCancellationRequested)
        {
            // Whether it had its effect is not known; the next look tells.
            _problem = failure.Message;
            if (step.Effect != MigrationEffect.None) _failure = new MigrationFailure(failure.Message, failure is BackEndException { IsPermanent: true });
            VolumeLog.EffectFailed(logger, failure, Volume, step.Effect);
        }
    }

    private async Task<bool> TryTellAsync(MigrationEnd end)
    {
        try
        {
            if (_share.IsHolding)
            {
                _share.Drop();
                // Of a copy that may still run, the share ends when the copy does: with the last grant.
                if (!_isCopying) await Shares.Release(Volume);
            }

            await Policies.Ended(end);
            return true;
        }
        catch (Exception failure) when (failure is OrleansException or TimeoutException)
        {
            VolumeLog.NotTold(logger, failure, Volume);
            return false;
        }
    }
}
