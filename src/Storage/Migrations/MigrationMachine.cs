namespace Actors.Storage.Migrations;

/// <summary>
/// Decides what a migration does next, from what is stored of it and what the back end shows. The same question asked twice has the same answer, so a
/// process that died anywhere is followed by another that reads the state and the back end and goes on, or takes back what was made.
/// </summary>
/// <remarks>
/// True at every step: no replica is removed unless all that remain are in sync and are as many as there were before; of the old replicas only the source is ever removed,
/// last, when the volume runs on the new one, and of the new ones only the one that was made for it. So when another replica is lost meanwhile, the old or the new one is kept in its place. Nothing is done to a volume that could not be read.
/// </remarks>
/// <param name="options">How long each phase may take.</param>
public sealed partial class MigrationMachine(MigrationOptions options)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>One step.</summary>
    /// <param name="state">As it is stored.</param>
    /// <param name="input">What is seen and asked.</param>
    public MigrationStep Step(MigrationState state, MigrationInput input)
    {
        if (state.IsFinal) return new(state, MigrationEffect.None, null, false, Refuse(input, "it has ended"), false);
        var failed = Fail(state, input);
        var (asked, refusal) = Obey(failed, input);
        if (asked.Phase == MigrationPhase.Aborting && state.Phase != MigrationPhase.Aborting) asked = Disown(asked, input.View);
        var next = asked.IsFinal ? Go(asked) : Advance(asked, input);
        if (next.State.Phase == MigrationPhase.Aborting && asked.Phase != MigrationPhase.Aborting) next = next with { State = Disown(next.State, input.View) };
        if (asked is { IsForgetting: true, Phase: MigrationPhase.Aborting or MigrationPhase.RemovingSource } && next.State.Phase == asked.Phase) next = Forget(next, input.View, input.NowMs);
        var progressed = state with { ProgressBytes = next.State.ProgressBytes, ProgressAtMs = next.State.ProgressAtMs };
        var isWaiting = input.View is null || input.NowMs < next.State.NextTryMs;
        return new MigrationStep(
            next.State, isWaiting ? MigrationEffect.None : next.Effect, isWaiting ? null : next.Replica, next.State != progressed, refusal, IsOverdue(next.State, input.NowMs));
    }

    private MigrationState Fail(MigrationState state, MigrationInput input)
    {
        if (input.Failure is not { } failure) return state;
        if (state is { IsForgetting: true, Phase: MigrationPhase.Aborting or MigrationPhase.RemovingSource })
            return Enter(state, MigrationPhase.Failed, input.NowMs, $"{Rest(state, input.View)} ({failure.Message})");
        var attempts = state.Attempts + 1;
        var givesUp = failure.IsPermanent || attempts >= options.MaxAttempts;
        if (givesUp && state.Phase is (MigrationPhase.Copying or MigrationPhase.Synced or MigrationPhase.Switching))
            return Enter(state, MigrationPhase.Aborting, input.NowMs, failure.Message);
        var pauseMs = Math.Min(options.FirstPause.TotalMilliseconds * Math.Pow(2, attempts - 1), LongestPause.TotalMilliseconds);
        return state with { Attempts = attempts, NextTryMs = input.NowMs + (long)pauseMs };
    }

    private static (MigrationState State, string? Refusal) Obey(MigrationState state, MigrationInput input)
    {
        switch (input.Command, state.Phase)
        {
            case (MigrationCommand.None, _):
                return (state, null);
            case (MigrationCommand.Pause, MigrationPhase.Paused):
                return (state with { IsHeld = true, Reason = "paused by request" }, null);
            case (MigrationCommand.Pause, MigrationPhase.WaitingForSlot or MigrationPhase.Copying):
                return (Enter(state, MigrationPhase.Paused, input.NowMs, "paused by request") with { IsHeld = true }, null);
            case (MigrationCommand.Resume, MigrationPhase.Paused):
                return (Enter(state, MigrationPhase.WaitingForSlot, input.NowMs, null), null);
            case (MigrationCommand.Abort or MigrationCommand.Forget, MigrationPhase.Planned):
                return (Enter(state, MigrationPhase.Failed, input.NowMs, "aborted by request"), null);
            case (MigrationCommand.Abort, MigrationPhase.Aborting):
                return (state, null);
            case (MigrationCommand.Forget, MigrationPhase.Aborting or MigrationPhase.RemovingSource):
                return (state with { IsForgetting = true, NextTryMs = 0 }, null);
            case (MigrationCommand.Forget, MigrationPhase.Soaking) when input.View is null || (!IsInSync(input.View, state.Source) && !IsInSync(input.View, state.Target)):
                return (Enter(state, MigrationPhase.RemovingSource, input.NowMs, null) with { IsForgetting = true }, null);
            case (MigrationCommand.Abort or MigrationCommand.Forget, MigrationPhase.Soaking) when input.View is null || !IsInSync(input.View, state.Source):
                return (state, "the old replica is behind: the volume can not go back to it");
            case (MigrationCommand.Abort or MigrationCommand.Forget, not MigrationPhase.RemovingSource):
                return (Enter(state, MigrationPhase.Aborting, input.NowMs, "aborted by request") with { IsForgetting = input.Command == MigrationCommand.Forget }, null);
            default:
                return (state, $"it is {state.Phase}, in which that has no effect");
        }
    }

    private static string? Refuse(MigrationInput input, string reason) => input.Command == MigrationCommand.None ? null : reason;

    private bool IsOverdue(MigrationState state, long nowMs) => nowMs - state.SinceMs > (state.Phase switch
    {
        MigrationPhase.RemovingSource or MigrationPhase.Aborting => options.RemovalTimeout,
        MigrationPhase.Soaking => options.Soak + options.StepTimeout,
        MigrationPhase.Planned => options.StepTimeout,
        MigrationPhase.Paused when !state.IsHeld => options.StepTimeout,
        _ => TimeSpan.MaxValue,
    }).TotalMilliseconds;

    // Copying's time is added up over its stretches; a phase begins with a clean slate of failures.
    private static MigrationState Enter(MigrationState state, MigrationPhase phase, long nowMs, string? reason) => state with
    {
        Phase = phase,
        SinceMs = nowMs,
        CopiedMs = state.CopiedMs + (state.Phase == MigrationPhase.Copying ? nowMs - state.SinceMs : 0),
        ProgressAtMs = nowMs,
        Attempts = 0,
        NextTryMs = 0,
        IsHeld = false,
        Reason = reason,
    };

    private static ReplicaView? Find(VolumeView view, string? id) => view.Replicas.FirstOrDefault(replica => replica.Id == id);

    private static bool IsInSync(VolumeView view, string? id) => Find(view, id) is { IsInSync: true };

    private static Next Go(MigrationState state, MigrationEffect effect = MigrationEffect.None, string? replica = null) => new(state, effect, replica);

    private readonly record struct Next(MigrationState State, MigrationEffect Effect, string? Replica);
}
