namespace Actors.Log;

/// <summary>The head of a checkpoint.</summary>
/// <param name="Sequence">Rises with every checkpoint.</param>
/// <param name="Lsn">Everything below is in segments.</param>
/// <param name="WalSequence">A use of a write-ahead file at least as new exists.</param>
/// <param name="NextLogId">Ids below were given away.</param>
/// <param name="LogCount">Number of logs that follow.</param>
/// <param name="LogBytes">Their bytes.</param>
internal readonly record struct CheckpointHeader(long Sequence, long Lsn, long WalSequence, long NextLogId, int LogCount, long LogBytes);
