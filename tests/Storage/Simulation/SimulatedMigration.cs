using Actors.Storage.Migrations;
using Actors.Storage.Shares;
using Actors.Storage.Tests.Migrations;
using Actors.Storage.Tiering;

namespace Actors.Storage.Tests.Simulation;

/// <summary>A replica on its way, as its driver drives it: the state is stored, then the effect is performed, and anything may fail in between.</summary>
internal sealed class SimulatedMigration
{
    private readonly MigrationMachine _machine;
    private MigrationState _memory;
    private MigrationFailure? _failure;
    private ShareGrant? _grant;
    private long _rateEndsAtMs;

    public SimulatedMigration(SimulatedVolume volume, ReplicaMove move, MigrationOptions options, long nowMs)
    {
        (Id, Move, _machine) = ($"{volume.Name} {move.SourcePool}", move, new MigrationMachine(options));
        BackEnd = new ModelBackEnd(volume.IsSingle, [move.SourcePool, .. volume.Pools.Where(pool => pool != move.SourcePool)], volume.SizeBytes);
        Stored = _memory = new MigrationState { Volume = volume.Name, SourcePool = move.SourcePool, TargetPool = move.TargetPool, SinceMs = nowMs };
        Link = SimulatedLinks.Between(move.SourcePool, move.TargetPool);
    }

    public string Id { get; }

    public ReplicaMove Move { get; }

    public ModelBackEnd BackEnd { get; }

    public string Link { get; }

    public MigrationState Stored { get; private set; }

    /// <summary>The number of the grant that its rate is by.</summary>
    public long GoesByGrant { get; private set; }

    /// <summary>Everything that its copy loads.</summary>
    public IReadOnlyList<string> Resources => [Link, $"read {Move.SourcePool}", $"write {Move.TargetPool}"];

    public CopyDemand Demand => new(Id, Resources, SimulatedLinks.MaxRateBytesPerSecond, SimulatedLinks.MinRateBytesPerSecond);

    public bool WantsSlot => _memory.WantsSlot;

    /// <summary>The rate at which bytes go now.</summary>
    public long RateBytesPerSecond => BackEnd.IsCopying ? BackEnd.Speed : 0;

    /// <summary>Bytes go until now, at the rate that is set, or not at all after nobody has renewed it.</summary>
    public void Pass(long nowMs)
    {
        BackEnd.Pass(SimulationSettings.TickMs);
        if (nowMs >= _rateEndsAtMs) BackEnd.LetRateEnd();
    }

    /// <summary>A share that reached the driver.</summary>
    public void Take(ShareGrant grant) => _grant = grant;

    /// <summary>One round of the driver.</summary>
    public void Step(long nowMs, bool isPathUp, bool isSeen, SimulatedFault fault)
    {
        if (_grant is { } old && (nowMs >= old.EndsAtMs || !_memory.WantsSlot)) _grant = null;
        var grant = _grant?.BytesPerSecond ?? 0;
        var step = _machine.Step(_memory, new MigrationInput(nowMs, isSeen ? BackEnd.View() : null, grant, isPathUp, Failure: _failure));
        _failure = null;
        if (fault == SimulatedFault.DeathBeforeStoring)
        {
            Die();
            return;
        }

        _memory = step.State;
        if (step.MustStore) Stored = step.State;
        if (fault == SimulatedFault.DeathBeforeTheEffect)
        {
            Die();
            return;
        }

        if (fault == SimulatedFault.Refusal && step.Effect != MigrationEffect.None)
        {
            _failure = new MigrationFailure("the back end answers with 500", false);
            return;
        }

        BackEnd.Perform(step, grant);
        if (fault == SimulatedFault.LostAnswer && step.Effect != MigrationEffect.None) _failure = new MigrationFailure("no answer", false);
        Renew();
    }

    /// <summary>The process has died: what is not stored is gone, and so is its share.</summary>
    public void Die() => (_memory, _failure, _grant) = (Stored, null, null);

    // A grant is gone by when no more than it is used; then the rate holds as long as the grant.
    private void Renew()
    {
        if (_grant is not { } grant || RateBytesPerSecond > grant.BytesPerSecond) return;
        (GoesByGrant, _rateEndsAtMs) = (grant.Number, grant.EndsAtMs);
    }
}
