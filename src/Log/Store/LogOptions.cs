namespace Actors.Log;

/// <summary>Sizes and limits of a data directory's log.</summary>
public sealed record LogOptions
{
    private const int MiB = 1 << 20;

    // Far beyond what makes sense, and low enough that no sum or product of sizes overflows.
    private const long MaxBytes = 1L << 44;

    // As many as a snapshot and a checkpoint can hold.
    private const int MaxProducers = 1_000_000;

    /// <summary>Folder of segments, checkpoints and, unless <see cref="WalDirectory"/> says otherwise, the write-ahead log. Created when missing.</summary>
    public required string Directory { get; init; }

    /// <summary>Folder of the write-ahead log; null for one inside <see cref="Directory"/>. On a device of its own it halves what each device writes.</summary>
    public string? WalDirectory { get; init; }

    /// <summary>Size of one preallocated write-ahead file in bytes, a multiple of 4,096.</summary>
    public long WalFileBytes { get; init; } = 64 * MiB;

    /// <summary>Bytes of write-ahead log after which a checkpoint is made.</summary>
    public long CheckpointBytes { get; init; } = 192 * MiB;

    /// <summary>Most bytes of write-ahead files; appends are refused as busy until a checkpoint frees some. At least three files.</summary>
    public long MaxWalBytes { get; init; } = 768 * MiB;

    /// <summary>Most bytes that one flush writes before it syncs; a larger single batch is a flush of its own.</summary>
    public int MaxFlushBytes { get; init; } = 8 * MiB;

    /// <summary>Size of one slab of pinned memory in bytes, a multiple of 4,096.</summary>
    public int SlabBytes { get; init; } = 4 * MiB;

    /// <summary>Most bytes of slabs: what is not yet synced and not yet in segments. Appends are refused as busy above it.</summary>
    public long MaxSlabBytes { get; init; } = 96 * MiB;

    /// <summary>Synced bytes that are collected before they are written to segments; more makes fewer and larger writes.</summary>
    public long WriteBehindBytes { get; init; } = 16 * MiB;

    /// <summary>Most bytes of batches that one append takes; so also the largest batch.</summary>
    public int MaxAppendBytes { get; init; } = 24 * MiB;

    /// <summary>Free bytes that the disk must have beyond what acknowledged records still need; below, appends are refused.</summary>
    public long ReserveBytes { get; init; } = 128 * MiB;

    /// <summary>How often free space is looked at while appends are refused for the lack of it.</summary>
    public TimeSpan DiskFullRecheck { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Most segment and index files that are open at a time.</summary>
    public int MaxOpenFiles { get; init; } = 1_024;

    /// <summary>Dirty files up to which a checkpoint syncs each; above, it syncs the whole file system at once.</summary>
    public int MaxSingleSyncs { get; init; } = 64;

    /// <summary>Bytes of a segment between two entries of its index.</summary>
    public int IndexIntervalBytes { get; init; } = 4_096;

    /// <summary>Seed of file salts, storage ids and nothing else; null for the system's cryptographic source.</summary>
    public int? Seed { get; init; }

    /// <summary>Opens a damaged directory for appends: each damaged log is cut to what is sound, and the report stays.</summary>
    /// <remarks>Acknowledged records are lost by this. For a single silo whose operator has decided so; a replica is refilled from its leader instead.</remarks>
    public bool AcceptDamage { get; init; }

    /// <summary>Limits of each log's producer states.</summary>
    public ProducerStatesOptions Producers { get; init; } = new();

    /// <summary>All mistakes at once, one sentence each; empty when the options can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var mistakes = new List<string>();
        void Check(bool holds, string sentence)
        {
            if (!holds)
                mistakes.Add(sentence);
        }

        Check(!string.IsNullOrWhiteSpace(Directory), "Directory must name a folder.");
        Check(SlabBytes >= 8_192 && SlabBytes % 4_096 == 0, $"SlabBytes is {SlabBytes}; it must be a multiple of 4,096 and at least 8,192.");
        Check(WalFileBytes >= 32_768 && WalFileBytes % 4_096 == 0, $"WalFileBytes is {WalFileBytes}; it must be a multiple of 4,096 and at least 32,768.");
        Check(MaxWalBytes / 3 >= WalFileBytes, $"MaxWalBytes is {MaxWalBytes}; it must hold at least three files of {WalFileBytes} bytes.");
        Check(MaxWalBytes <= MaxBytes, $"MaxWalBytes is {MaxWalBytes}; it must be at most {MaxBytes}.");
        Check(CheckpointBytes >= 1 && CheckpointBytes <= MaxWalBytes - WalFileBytes, $"CheckpointBytes is {CheckpointBytes}; it must be at least 1 and leave one file of MaxWalBytes ({MaxWalBytes}).");
        Check(MaxFlushBytes >= 8_192, $"MaxFlushBytes is {MaxFlushBytes}; it must be at least 8,192.");
        Check(MaxAppendBytes >= 1_024, $"MaxAppendBytes is {MaxAppendBytes}; it must be at least 1,024.");
        if (mistakes.Count == 0)
        {
            (long slabBytes, long fileBytes) = WriteAheadLog.Needs(MaxAppendBytes + ((long)WriteAheadLog.AppendRecords * WalRecord.HeaderBytes), SlabBytes, MaxFlushBytes);
            Check(fileBytes <= WalFileBytes - WalFileHeader.DataStart, $"WalFileBytes is {WalFileBytes}; it must be at least {fileBytes + WalFileHeader.DataStart} to hold an append of MaxAppendBytes ({MaxAppendBytes}).");

            // The slab that is filling is given up only when the next one begins, and a large batch has one of its own size.
            slabBytes += WriteAheadLog.LargestSlab(MaxAppendBytes, SlabBytes);
            Check(slabBytes <= MaxSlabBytes, $"MaxSlabBytes is {MaxSlabBytes}; it must be at least {slabBytes} to hold an append of MaxAppendBytes ({MaxAppendBytes}).");
        }

        Check(MaxSlabBytes <= MaxBytes, $"MaxSlabBytes is {MaxSlabBytes}; it must be at most {MaxBytes}.");
        Check(WriteBehindBytes >= 1, $"WriteBehindBytes is {WriteBehindBytes}; it must be at least 1.");
        Check(MaxSlabBytes / 2 >= WriteBehindBytes, $"MaxSlabBytes is {MaxSlabBytes}; it must be at least twice WriteBehindBytes ({WriteBehindBytes}).");
        Check(ReserveBytes >= 0, $"ReserveBytes is {ReserveBytes}; it must not be negative.");
        Check(ReserveBytes <= MaxBytes, $"ReserveBytes is {ReserveBytes}; it must be at most {MaxBytes}.");
        Check(DiskFullRecheck > TimeSpan.Zero, $"DiskFullRecheck is {DiskFullRecheck}; it must be positive.");
        Check(MaxOpenFiles >= 8, $"MaxOpenFiles is {MaxOpenFiles}; it must be at least 8.");
        Check(MaxSingleSyncs >= 0, $"MaxSingleSyncs is {MaxSingleSyncs}; it must not be negative.");
        Check(Producers.ExpirationMs >= 1, $"Producers.ExpirationMs is {Producers.ExpirationMs}; it must be at least 1.");
        Check(Producers.MaxProducers is >= 1 and <= MaxProducers, $"Producers.MaxProducers is {Producers.MaxProducers}; it must be between 1 and {MaxProducers}.");
        Check(Producers.MaxProducersInAll is >= 1 and <= MaxProducers, $"Producers.MaxProducersInAll is {Producers.MaxProducersInAll}; it must be between 1 and {MaxProducers}.");
        Check(IndexIntervalBytes >= 64, $"IndexIntervalBytes is {IndexIntervalBytes}; it must be at least 64.");
        return mistakes;
    }
}
