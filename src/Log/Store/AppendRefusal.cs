namespace Actors.Log;

/// <summary>Why the log does not take an append. Except for <see cref="None"/>, nothing was written.</summary>
public enum AppendRefusal
{
    /// <summary>The append was taken.</summary>
    None = 0,

    /// <summary>The memory for bytes on their way to the disk, or the write-ahead log, is full; it drains by itself (<see cref="LogStore.WaitForRoomAsync"/>).</summary>
    Busy,

    /// <summary>The disk has less free space than what is acknowledged still needs, plus the reserve; or a write found no space, or may open no file. Ends when that does.</summary>
    DiskFull,

    /// <summary>The batches are together larger than <see cref="LogOptions.MaxAppendBytes"/>.</summary>
    TooLarge,

    /// <summary>A write or sync has failed: this process never writes to the data directory again (<see cref="LogStore.Failure"/>).</summary>
    Failed,

    /// <summary>Recovery found acknowledged bytes of this log, or of the write-ahead log, damaged (<see cref="LogStore.Damage"/>).</summary>
    Damaged,

    /// <summary>The log has been deleted, or the store is closing.</summary>
    Closed,
}
