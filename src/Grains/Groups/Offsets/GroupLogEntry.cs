namespace Actors.Grains.Groups;

/// <summary>A record of <c>__consumer_offsets</c> as bytes. The memory is never pooled and never changed.</summary>
/// <param name="Key">The key; its first int16 says which record it is.</param>
/// <param name="Value">The value; null is a tombstone.</param>
public readonly record struct GroupLogEntry(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value)
{
    /// <summary>Bytes of key and value.</summary>
    public int Bytes => Key.Length + (Value?.Length ?? 0);
}
