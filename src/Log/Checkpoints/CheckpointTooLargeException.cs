namespace Actors.Log;

/// <summary>A checkpoint would be larger than what is read back at start. It has not been written; the one before counts.</summary>
public sealed class CheckpointTooLargeException(long bytes, long maxBytes)
    : IOException($"A checkpoint of {bytes} bytes is too large; at most {maxBytes} can be read back. Delete topics, or move some to another silo.")
{
    /// <summary>Bytes that the logs take.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>Most that they may take.</summary>
    public long MaxBytes { get; } = maxBytes;
}
