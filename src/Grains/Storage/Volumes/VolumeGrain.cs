using Actors.Grains.Work;
using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Grains.Storage;

/// <summary>
/// Drives a <see cref="MigrationMachine"/>: reads the volume, asks the machine, stores what follows, and has at most one effect performed.
/// </summary>
/// <remarks>
/// Everything that is needed to go on is stored, and marked as work, so after a silo's death the sweeper wakes the grain elsewhere and
/// it goes on from what is stored and what the back end shows. One that leaves in good order stops its copy, and one that finds a migration under way
/// waits until no share of its predecessor can be in force: a copy belongs to a process, and two of them are not to fill one replica.
/// Its timer runs only while there is an order. The order's end is told until it is heard.
/// </remarks>
/// <param name="stored">The order and how far it has come.</param>
/// <param name="services">What grains share.</param>
/// <param name="logger">Told what happens.</param>
[GrainType("storage.volume"), CollectionAgeLimit(Minutes = 15)]
public sealed partial class VolumeGrain([PersistentState("volume")] IPersistentState<VolumeState> stored, TieringServices services, ILogger<VolumeGrain> logger)
    : Grain, IVolumeGrain, IWakeable
{
    private readonly ShareHolder _share = new(services.Time);
    private IGrainTimer? _timer;
    private bool _isSuperseded;

    private string Volume => this.GetPrimaryKeyString();

    private VolumeState State => stored.State;

    private bool IsUnderWay => State is { Order: not null, End: null };

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (IsUnderWay && State.Migration is not null) _share.HoldOff(services.Settings.ShareTimeToLive);
        Proceed();
        return base.OnActivateAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        services.Metrics.Forget(Volume);
        if (IsUnderWay && Phase() == MigrationPhase.Copying && !_isSuperseded) await StopCopyAsync(State.Order!.Moves[State.Move], cancellationToken);
        await base.OnDeactivateAsync(reason, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> Begin(MigrationOrder order)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (State.Order is { } current)
        {
            // It is taken when it is stored: whoever gave it forgets to give it again.
            if (current.Id == order.Id && _isUnstored) await StoreAsync();
            Proceed();
            return current.Id == order.Id;
        }

        State.Order = order;
        // One that has ended already is only told once more.
        if (State.End?.Id != order.Id)
        {
            (State.Move, State.Migration, State.IsAbortAsked, State.End) = (0, null, false, null);
            _overduePhase = null;
            VolumeLog.Begins(logger, Volume, order.Moves[0].SourcePool, order.Moves[^1].TargetPool, order.Id);
        }

        await StoreAsync();
        Proceed();
        return true;
    }

    /// <inheritdoc/>
    public Task Wake()
    {
        Proceed();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<bool> Clear()
    {
        if (State.Order is not null) return false;
        if (stored.RecordExists) await stored.ClearStateAsync();
        DeactivateOnIdle();
        return true;
    }

    /// <inheritdoc/>
    public Task<string?> Pause() => Obey(MigrationCommand.Pause);

    /// <inheritdoc/>
    public Task<string?> Resume() => Obey(MigrationCommand.Resume);

    /// <inheritdoc/>
    public Task<string?> Abort() => Obey(MigrationCommand.Abort);

    /// <inheritdoc/>
    public Task<string?> Forget() => Obey(MigrationCommand.Forget);

    /// <inheritdoc/>
    public Task<MigrationReport?> Describe()
    {
        if ((State.Order ?? State.LastOrder) is not { } order) return Task.FromResult<MigrationReport?>(null);
        var move = order.Moves[Math.Min(State.Move, order.Moves.Length - 1)];
        var phase = Phase();
        var isOver = !IsUnderWay;
        return Task.FromResult<MigrationReport?>(new MigrationReport
        {
            Id = order.Id,
            Policy = order.Policy,
            Phase = Words.Of(phase),
            SourcePool = move.SourcePool,
            TargetPool = move.TargetPool,
            Move = Math.Min(State.Move, order.Moves.Length - 1) + 1,
            Moves = order.Moves.Length,
            CopiedBytes = CopiedBytes(order),
            SizeBytes = order.SizeBytes,
            BytesPerSecond = phase == MigrationPhase.Copying ? _share.BytesPerSecond : 0,
            WaitsFor = phase == MigrationPhase.WaitingForSlot ? _share.WaitsFor : null,
            Reason = State.Migration?.Reason,
            Problem = isOver ? null : _problem,
            IsOverdue = !isOver && _overduePhase == phase,
            DecidedAt = DateTimeOffset.FromUnixTimeMilliseconds(order.DecidedAtMs),
            EndedAt = State is { Order: null, End: { } end } ? DateTimeOffset.FromUnixTimeMilliseconds(end.EndedAtMs) : null,
        });
    }

    /// <summary>Whoever goes on may be another process, which cannot stop this one's copy. One that is not stopped ends with its share.</summary>
    private async Task StopCopyAsync(OrderedMove move, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(services.Settings.ShareTimeToLive, services.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, token);
        try
        {
            await services.AskBackEndAsync(
                Volume,
                async (backEnd, until) =>
                {
                    await backEnd.PerformAsync(new VolumeEffect(Volume, MigrationEffect.StopCopy, move.SourcePool, move.TargetPool, null, new CopyRate(0, TimeSpan.Zero)), until);
                    return true;
                },
                linked.Token);
        }
        catch (Exception failure)
        {
            VolumeLog.NotStopped(logger, failure, Volume);
        }
    }

    private MigrationPhase Phase() => State.Migration is { } migration ? Enum.Parse<MigrationPhase>(migration.Phase) : MigrationPhase.Planned;

    private long CopiedBytes(MigrationOrder order) => Phase() switch
    {
        MigrationPhase.Planned => 0,
        MigrationPhase.Synced or MigrationPhase.Switching or MigrationPhase.Soaking or MigrationPhase.RemovingSource or MigrationPhase.Done => order.SizeBytes,
        _ => Math.Min(State.Migration!.ProgressBytes, order.SizeBytes),
    };

    /// <summary>Runs the timer while there is something to do, or to store.</summary>
    private void Proceed()
    {
        if (State.Order is null && !_isUnstored)
        {
            _timer?.Dispose();
            _timer = null;
            return;
        }

        _timer ??= this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(TimeSpan.Zero, services.Settings.StepInterval) { KeepAlive = true });
    }

    private async Task StoreAsync()
    {
        _isUnstored = true;
        try
        {
            await stored.WriteStateAsync();
            _isUnstored = false;
        }
        catch (InconsistentStateException)
        {
            // Another activation has gone on with it; this one knows nothing any more.
            _isSuperseded = true;
            DeactivateOnIdle();
            throw;
        }
    }
}
