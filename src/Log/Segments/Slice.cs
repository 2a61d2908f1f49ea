namespace Actors.Log;

/// <summary>Batches of one record that wait to be written to a segment; a list per log runs through them.</summary>
internal struct Slice
{
    public byte[] Bytes;
    public int Start;
    public int Length;
    public long NextOffset;

    /// <summary>Index of the log's next slice, or -1.</summary>
    public int Next;

    public readonly ReadOnlySpan<byte> Span => Bytes.AsSpan(Start, Length);
}
