using Actors.Storage.Migrations;
using Orleans;

namespace Actors.Grains.Storage;

/// <summary>A <see cref="MigrationState"/> as it is stored.</summary>
[GenerateSerializer, Alias("Actors.Storage.StoredMigration")]
public sealed class StoredMigration
{
    /// <summary>The pool whose replica moves.</summary>
    [Id(0)] public string SourcePool { get; set; } = "";

    /// <summary>Where it goes.</summary>
    [Id(1)] public string TargetPool { get; set; } = "";

    /// <summary>The phase's name.</summary>
    [Id(2)] public string Phase { get; set; } = nameof(MigrationPhase.Planned);

    /// <summary>When it came there. Milliseconds since 1970.</summary>
    [Id(3)] public long SinceMs { get; set; }

    /// <summary>Ids of the replicas that there were before anything was done.</summary>
    [Id(4)] public string[] Before { get; set; } = [];

    /// <summary>The replica that moves.</summary>
    [Id(5)] public string? Source { get; set; }

    /// <summary>The new replica.</summary>
    [Id(6)] public string? Target { get; set; }

    /// <summary>How much of it was filled.</summary>
    [Id(7)] public long ProgressBytes { get; set; }

    /// <summary>When that was more than before. Milliseconds since 1970.</summary>
    [Id(8)] public long ProgressAtMs { get; set; }

    /// <summary>How long it has copied before this stretch. Milliseconds.</summary>
    [Id(9)] public long CopiedMs { get; set; }

    /// <summary>Failures of the effect that is tried.</summary>
    [Id(10)] public int Attempts { get; set; }

    /// <summary>Nothing is tried before. Milliseconds since 1970.</summary>
    [Id(11)] public long NextTryMs { get; set; }

    /// <summary>Whether it goes on by request only.</summary>
    [Id(12)] public bool IsHeld { get; set; }

    /// <summary>Why it is paused, aborted or failed.</summary>
    [Id(13)] public string? Reason { get; set; }

    /// <summary>Whether it ends with what can be removed removed, and leaves the rest.</summary>
    [Id(14)] public bool IsForgetting { get; set; }

    /// <summary>How many replicas there were; null in what builds without it have stored.</summary>
    [Id(15)] public int? CountBefore { get; set; }

    /// <summary>Whether the new replica was asked for; null in what builds without it have stored.</summary>
    [Id(16)] public bool? IsTargetAsked { get; set; }

    /// <summary>As it is stored.</summary>
    public static StoredMigration Of(MigrationState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new()
        {
            SourcePool = state.SourcePool,
            TargetPool = state.TargetPool,
            Phase = state.Phase.ToString(),
            SinceMs = state.SinceMs,
            Before = [.. state.Before],
            Source = state.Source,
            Target = state.Target,
            ProgressBytes = state.ProgressBytes,
            ProgressAtMs = state.ProgressAtMs,
            CopiedMs = state.CopiedMs,
            Attempts = state.Attempts,
            NextTryMs = state.NextTryMs,
            IsHeld = state.IsHeld,
            Reason = state.Reason,
            IsForgetting = state.IsForgetting,
            CountBefore = state.CountBefore,
            IsTargetAsked = state.IsTargetAsked,
        };
    }

    /// <summary>As the machine takes it.</summary>
    /// <param name="volume">The volume.</param>
    /// <exception cref="ArgumentException">The phase is none that this build knows.</exception>
    public MigrationState ToState(string volume) => new()
    {
        Volume = volume,
        SourcePool = SourcePool,
        TargetPool = TargetPool,
        Phase = Enum.Parse<MigrationPhase>(Phase),
        SinceMs = SinceMs,
        Before = [.. Before],
        Source = Source,
        Target = Target,
        ProgressBytes = ProgressBytes,
        ProgressAtMs = ProgressAtMs,
        CopiedMs = CopiedMs,
        Attempts = Attempts,
        NextTryMs = NextTryMs,
        IsHeld = IsHeld,
        Reason = Reason,
        IsForgetting = IsForgetting,
        CountBefore = CountBefore ?? Before.Length,
        IsTargetAsked = IsTargetAsked ?? MayHaveAsked(),
    };

    // Only a copy asks for it, and whoever comes from there has copied for a time.
    private bool MayHaveAsked() => Target is not null || CopiedMs > 0 || Phase is not (nameof(MigrationPhase.Planned) or nameof(MigrationPhase.WaitingForSlot) or nameof(MigrationPhase.Paused));
}
