using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;
using Actors.Storage.Tests.Migrations;

namespace Actors.Storage.Tests.BackEnds;

/// <summary>Drives a migration over a back end as a grain does: it reads, steps, stores, and only then performs; and can die in between.</summary>
internal sealed class MigrationDriver
{
    public const long Grant = 1_000_000_000;

    public static readonly MigrationOptions Options = new() { Soak = TimeSpan.FromSeconds(2) };

    private readonly BackEndWorld _world;
    private readonly MigrationMachine _machine = new(Options);
    private MigrationState _memory;
    private MigrationFailure? _failure;

    public MigrationDriver(BackEndWorld world)
    {
        _world = world;
        Stored = _memory = new() { Volume = world.Volume, SourcePool = world.SourcePool, TargetPool = world.TargetPool, SinceMs = 0 };
    }

    public MigrationState Stored { get; private set; }

    public long NowMs { get; private set; }

    public List<MigrationPhase> Phases { get; } = [];

    /// <summary>Each effect is performed twice.</summary>
    public bool IsStuttering { get; set; }

    /// <summary>Whether the process is dead by other means than <see cref="RoundAsync"/>'s.</summary>
    public Func<bool> IsDead { get; set; } = () => false;

    public long GrantBytesPerSecond { get; set; } = Grant;

    public async Task<MigrationStep> RoundAsync(MigrationBench.Death death = MigrationBench.Death.None, MigrationCommand command = MigrationCommand.None)
    {
        NowMs += 1_000;
        await _world.PassAsync();
        var step = _machine.Step(_memory, new(NowMs, await ReadAsync(), _memory.WantsSlot ? GrantBytesPerSecond : 0, IsPathUp: true, command, _failure));
        _failure = null;
        if (death == MigrationBench.Death.BeforeStoring || IsDead()) return await DieAsync(step);
        _memory = step.State;
        if (step.MustStore)
        {
            if (Stored.Phase != step.State.Phase) Phases.Add(step.State.Phase);
            Stored = step.State;
        }

        if (death == MigrationBench.Death.AfterStoring) return await DieAsync(step);
        await PerformAsync(step);
        if (IsStuttering) await PerformAsync(step);
        return death == MigrationBench.Death.AfterTheEffect || IsDead() ? await DieAsync(step) : step;
    }

    public async Task RunUntilAsync(Func<bool> isReached, int rounds = 500)
    {
        for (var round = 0; round < rounds && !isReached(); round++) await RoundAsync();
        Assert.True(isReached(), $"after {rounds} rounds it is {Stored}");
    }

    public Task RunUntilAsync(MigrationPhase phase) => RunUntilAsync(() => Stored.Phase == phase);

    private async Task<VolumeView?> ReadAsync()
    {
        try
        {
            return await _world.BackEnd.ReadAsync(_world.Volume, _world.TargetPool, CancellationToken.None).WaitAsync(BackEndWorld.Guard);
        }
        catch (BackEndException)
        {
            return null;
        }
    }

    private async Task PerformAsync(MigrationStep step)
    {
        if (step.Effect == MigrationEffect.None) return;
        try
        {
            var effect = new VolumeEffect(_world.Volume, step.Effect, _world.SourcePool, _world.TargetPool, step.Replica, new(GrantBytesPerSecond, TimeSpan.FromMinutes(1)));
            await _world.BackEnd.PerformAsync(effect, CancellationToken.None).WaitAsync(BackEndWorld.Guard);
        }
        catch (BackEndException failure)
        {
            _failure = new(failure.Message, failure.IsPermanent);
        }
    }

    private async Task<MigrationStep> DieAsync(MigrationStep step)
    {
        (_memory, _failure) = (Stored, null);
        await _world.CrashAsync();
        return step;
    }
}
