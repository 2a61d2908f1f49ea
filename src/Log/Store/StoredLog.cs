using System.Diagnostics;

namespace Actors.Log;

/// <summary>One log in memory, whether or not it has an owner.</summary>
/// <remarks>
/// Three sides share it. The append side works under the write-ahead log's monitor, one owner at a time. The segment writer
/// applies records to files in the order of the write-ahead log (<see cref="Applied"/>). Readers take what they need under
/// <see cref="Sync"/>, which guards <see cref="Tail"/>, <see cref="Segments"/> and their published lengths, and is held
/// for memory operations only. Order of locks: the write-ahead log's monitor, then <see cref="Sync"/>.
/// </remarks>
internal sealed class StoredLog(LogDescription description, string directory)
{
    private long _startOffset;
    private int _seenEpoch = EpochHistory.NoEpoch;
    private long _endOffset;
    private long _durableEndOffset;
    private volatile LogDescription _description = description;
    private volatile LogDamage? _damage;
    private volatile PartitionLog? _owner;
    private volatile EpochHistory _epochs = new();

    public LogId Id { get; } = description.Id;

    public LogDescription Description
    {
        get => _description;
        set => _description = value;
    }

    /// <summary>Folder of the log's files; made when the first batch is written to a segment.</summary>
    public string Directory { get; } = directory;

    public Lock Sync { get; } = new();

    /// <summary>What is not in segments yet. Under <see cref="Sync"/>.</summary>
    public LogTail Tail { get; } = new();

    /// <summary>Segments in the order of their offsets; replaced whole, under <see cref="Sync"/>.</summary>
    public Segment[] Segments { get; set; } = [];

    /// <summary>LSN of the last truncation that was carried out: what earlier flushes appended is gone. Under <see cref="Sync"/>.</summary>
    public long TruncatedLsn { get; private set; }

    /// <summary>Rises with every truncation: a read that saw another number is made again.</summary>
    public int Truncations { get; set; }

    public long StartOffset
    {
        get => Volatile.Read(ref _startOffset);
        set => Volatile.Write(ref _startOffset, value);
    }

    public long EndOffset
    {
        get => Volatile.Read(ref _endOffset);
        set => Volatile.Write(ref _endOffset, value);
    }

    public long DurableEndOffset
    {
        get => Volatile.Read(ref _durableEndOffset);
        set => Volatile.Write(ref _durableEndOffset, value);
    }

    /// <summary>The flush that last touched the log, and the log's place in it. Append side.</summary>
    public long TouchedFlush { get; set; }

    public int TouchedIndex { get; set; }

    /// <summary>Bytes that the segment which appends go to will have; -1 when the next append begins one. Append side.</summary>
    public long OpenSegmentBytes { get; set; } = -1;

    /// <summary>Its base offset and the time it was begun.</summary>
    public long OpenSegmentBase { get; set; }

    public long OpenSegmentMs { get; set; }

    /// <summary>Whether the log has been deleted. Append side.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>Whether the log's creation is durable.</summary>
    public volatile bool IsListed;

    /// <summary>Leader epochs up to <see cref="EndOffset"/>; changed by the owner's calls, replaced whole by a truncation.</summary>
    public EpochHistory Epochs
    {
        get => _epochs;
        private set => _epochs = value;
    }

    /// <summary>Highest epoch seen; never lower than it was.</summary>
    public int SeenEpoch => Volatile.Read(ref _seenEpoch);

    /// <summary>Producer states up to <see cref="EndOffset"/>; made when an owner opens the log, the owner's from then on.</summary>
    public ProducerStates? Producers { get; set; }

    /// <summary>Completed by the segment writer when a truncation has been done.</summary>
    public TaskCompletionSource<long>? Truncation { get; set; }

    public AppliedLog Applied { get; } = new();

    /// <summary>What recovery found; appends are refused then.</summary>
    public LogDamage? Damage
    {
        get => _damage;
        set => _damage = value;
    }

    public PartitionLog? Owner
    {
        get => _owner;
        set => _owner = value;
    }

    /// <summary>Notes that an epoch has been seen: told by appends, by completions and by the segment writer, in any order.</summary>
    public void SeeEpoch(int epoch)
    {
        int seen = SeenEpoch;
        while (epoch > seen)
        {
            int before = Interlocked.CompareExchange(ref _seenEpoch, epoch, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    /// <summary>Moves the start up, unless a truncation behind the record that says so has been carried out: that one has set the start.</summary>
    /// <param name="endLsn">Where the record ends.</param>
    public void MoveStart(long offset, long endLsn)
    {
        lock (Sync)
        {
            if (endLsn > TruncatedLsn && offset > StartOffset)
                StartOffset = offset;
        }
    }

    /// <summary>Copies what has been applied to the side of the owner: after recovery and after a truncation, when nothing else is on its way.</summary>
    /// <param name="truncatedLsn">LSN of the truncation; 0 after recovery.</param>
    public void TakeOverApplied(ProducerStatesOptions producers, long truncatedLsn)
    {
        lock (Sync)
        {
            TruncatedLsn = truncatedLsn;
            Debug.Assert(Tail.Count == 0, "Everything before a truncation has been applied, and nothing is appended before it is done.");
            Truncations++;
            StartOffset = Applied.StartOffset;
            EndOffset = Applied.EndOffset;
            DurableEndOffset = Applied.EndOffset;
        }

        var epochs = new EpochHistory();
        foreach (EpochStart entry in Applied.Epochs.Entries)
            epochs.Assign(entry.Epoch, entry.StartOffset);
        Epochs = epochs;
        SeeEpoch(Applied.SeenEpoch);
        Producers = Producers is null ? null : CopyProducers(producers);
        Segment? last = Segments.Length == 0 ? null : Segments[^1];
        bool isOpen = last is { IsClosed: false } && Applied.RollMs is null;
        OpenSegmentBytes = isOpen ? last!.Length : -1;
        OpenSegmentBase = isOpen ? last!.BaseOffset : 0;
        OpenSegmentMs = isOpen ? last!.CreatedMs : 0;
    }

    /// <summary>A copy of the applied producer states, for the owner.</summary>
    public ProducerStates CopyProducers(ProducerStatesOptions options)
    {
        if (Applied.Producers is not { Count: > 0 } applied)
            return new ProducerStates(options);
        var snapshot = new System.Buffers.ArrayBufferWriter<byte>();
        applied.WriteSnapshot(snapshot, Applied.EndOffset);
        return ProducerStates.TryReadSnapshot(snapshot.WrittenSpan, options, out ProducerStates copy, out _)
            ? copy
            : throw new InvalidOperationException($"The producer states of {Description} do not survive a copy.");
    }
}
