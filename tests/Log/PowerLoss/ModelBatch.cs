namespace Actors.Log.Tests.PowerLoss;

/// <summary>A batch as the model knows it to be stored.</summary>
/// <param name="PreviousEnd">Where the log ended before it.</param>
internal sealed record ModelBatch(long PreviousEnd, long BaseOffset, long NextOffset, int Epoch, byte[] Stored, RecordBatchHeader Header);
