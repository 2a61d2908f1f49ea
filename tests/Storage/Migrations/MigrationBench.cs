using Actors.Storage.Migrations;

namespace Actors.Storage.Tests.Migrations;

/// <summary>A driver over the model: it reads, steps, stores and only then performs, and can die in between.</summary>
internal sealed class MigrationBench
{
    public const long Grant = 1_000_000_000;

    public static readonly MigrationOptions Options = new();

    private readonly MigrationMachine _machine = new(Options);
    private MigrationState _memory;

    public MigrationBench(bool isSingle)
    {
        BackEnd = new ModelBackEnd(isSingle);
        Stored = _memory = new() { Volume = "v", SourcePool = "cold-a", TargetPool = "hot-c", SinceMs = 0 };
    }

    public enum Death
    {
        None,
        BeforeStoring,
        AfterStoring,
        AfterTheEffect,
    }

    public ModelBackEnd BackEnd { get; }

    public MigrationState Stored { get; private set; }

    public long NowMs { get; private set; }

    public bool IsPathUp { get; set; } = true;

    public bool IsGranted { get; set; } = true;

    public List<MigrationPhase> Phases { get; } = [];

    /// <summary>One round of a second, or so many milliseconds.</summary>
    public MigrationStep Round(Death death = Death.None, MigrationCommand command = MigrationCommand.None, MigrationFailure? failure = null, bool isSeen = true, long passMs = 1_000)
    {
        NowMs += passMs;
        BackEnd.Pass(passMs);
        var grant = IsGranted && _memory.WantsSlot ? Grant : 0;
        var step = _machine.Step(_memory, new(NowMs, isSeen ? BackEnd.View() : null, grant, IsPathUp, command, failure));
        if (!isSeen) Assert.Equal(MigrationEffect.None, step.Effect);
        if (death == Death.BeforeStoring) return Die(step);
        _memory = step.State;
        if (step.MustStore)
        {
            if (Stored.Phase != step.State.Phase) Phases.Add(step.State.Phase);
            Stored = step.State;
        }

        if (death == Death.AfterStoring) return Die(step);
        BackEnd.Perform(step, grant);
        return death == Death.AfterTheEffect ? Die(step) : step;
    }

    public void RunUntil(Func<bool> isReached, int rounds = 2_000)
    {
        for (var round = 0; round < rounds && !isReached(); round++) Round();
        Assert.True(isReached(), $"after {rounds} rounds it is {Stored}, with {string.Join(", ", BackEnd.Replicas)}");
    }

    public void RunUntil(MigrationPhase phase) => RunUntil(() => Stored.Phase == phase);

    private MigrationStep Die(MigrationStep step)
    {
        _memory = Stored;
        return step;
    }
}
