namespace Actors.Log;

/// <summary>Batches of one write-ahead record that are not in a segment yet.</summary>
internal struct TailEntry
{
    public long BaseOffset;
    public long NextOffset;
    public long MaxTimestampMs;
    public Slab Slab;
    public int Start;
    public int Length;

    public readonly ReadOnlySpan<byte> Bytes => Slab.Bytes.AsSpan(Start, Length);
}
