namespace Actors.Log;

/// <summary>What the log holds at this moment.</summary>
/// <param name="QueuedAppends">Appends that no sync covers yet.</param>
/// <param name="DirtyWalBytes">Bytes of write-ahead log since the last checkpoint.</param>
/// <param name="SlabBytes">Bytes of slabs in use.</param>
/// <param name="CheckpointBytes">Bytes of logs in the newest checkpoint.</param>
/// <param name="Refusal">Why appends are refused, or none.</param>
public readonly record struct LogUsage(int QueuedAppends, long DirtyWalBytes, long SlabBytes, long CheckpointBytes, AppendRefusal Refusal);
