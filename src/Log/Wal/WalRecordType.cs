namespace Actors.Log;

/// <summary>What a record of the write-ahead log says. The numbers are on disks and never change.</summary>
internal enum WalRecordType : byte
{
    /// <summary>Begins a flush: base is where the flush before ended, synced; next is where this one ends.</summary>
    FlushHeader = 1,

    /// <summary>Payload: one or several whole record batches; base is the log's end before, next its end after them.</summary>
    Append = 2,

    /// <summary>The log ends at base from here on. With <see cref="WalRecord.ResetFlag"/> it is emptied and begins there.</summary>
    Truncate = 3,

    /// <summary>A leader epoch was seen.</summary>
    EpochSeen = 4,

    /// <summary>A leader epoch starts at base.</summary>
    EpochStart = 5,

    /// <summary>The log starts at base.</summary>
    LogStart = 6,

    /// <summary>The next append begins a segment; base is the log's end, next the time in milliseconds since 1970.</summary>
    Roll = 7,

    /// <summary>Payload: the log's description. For a log that exists, its new description.</summary>
    LogCreated = 8,

    /// <summary>The log and its files go.</summary>
    LogDeleted = 9,
}
