namespace Actors.Log;

/// <summary>A log as far as its records have been applied to segments: what a checkpoint says of it. The segment writer's alone.</summary>
internal sealed class AppliedLog
{
    /// <summary>Whether the log's creation has been applied.</summary>
    public bool IsCreated { get; set; }

    /// <summary>Whether its files are gone because it has been deleted.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Whether its folder exists.</summary>
    public bool HasDirectory { get; set; }

    public long StartOffset { get; set; }

    /// <summary>Offset after the last batch in a segment.</summary>
    public long EndOffset { get; set; }

    public int SeenEpoch { get; set; } = EpochHistory.NoEpoch;

    public EpochHistory Epochs { get; set; } = new();

    /// <summary>Null while no producer is known.</summary>
    public ProducerStates? Producers { get; set; }

    /// <summary>The next batch begins a segment, at this time in milliseconds since 1970; null to go on in the last one.</summary>
    public long? RollMs { get; set; } = 0;

    /// <summary>Offset after the last batch that has been collected for writing.</summary>
    public long CollectedEndOffset { get; set; }

    /// <summary>First and last of the slices that have been collected for writing; -1 for none.</summary>
    public int FirstSlice { get; set; } = -1;

    public int LastSlice { get; set; } = -1;

    /// <summary>Whether recovery has cut the files to what the checkpoint says.</summary>
    public bool IsPrepared { get; set; }

    /// <summary>A file that is shorter than the checkpoint says, and no later record explains it.</summary>
    public ShortFile? Short { get; set; }

    /// <summary>Recovery found that the log lacks something: its records are passed over.</summary>
    public bool HasGap { get; set; }
}
