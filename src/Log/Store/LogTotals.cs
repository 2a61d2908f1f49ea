namespace Actors.Log;

/// <summary>What a data directory's log has done since its metrics were created.</summary>
/// <param name="WalBytes">Bytes written to the write-ahead log, headers and padding included.</param>
/// <param name="WalSyncs">fdatasync calls on it.</param>
/// <param name="SegmentBytes">Bytes written to segments and their indexes.</param>
/// <param name="SegmentWrites">Writes that carried them.</param>
/// <param name="SegmentSyncs">Syncs of segments, checkpoints and folders.</param>
/// <param name="Checkpoints">Checkpoints made.</param>
/// <param name="Refusals">Appends that were refused.</param>
public readonly record struct LogTotals(
    long WalBytes, long WalSyncs, long SegmentBytes, long SegmentWrites, long SegmentSyncs, long Checkpoints, long Refusals);
