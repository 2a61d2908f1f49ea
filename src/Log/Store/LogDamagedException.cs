namespace Actors.Log;

/// <summary>Stored bytes are not the record batches that were written there.</summary>
public sealed class LogDamagedException(string path, long position)
    : IOException($"{path}: no record batch at position {position}. The file is damaged there; refill the log from another replica, or delete the topic.")
{
    public string Path { get; } = path;

    public long Position { get; } = position;
}
