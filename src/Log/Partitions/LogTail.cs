namespace Actors.Log;

/// <summary>The end of a log that is in memory only as far as segments go: a ring of what the segment writer has still to write.</summary>
/// <remarks>Guarded by the log's lock. Entries hold no references to their slabs: the flush does, until the segment writer has trimmed them.</remarks>
internal sealed class LogTail
{
    private const int KeptWhenEmpty = 1_024;

    private TailEntry[] _ring = [];
    private int _first;

    public int Count { get; private set; }

    /// <summary>Bytes of all entries.</summary>
    public long Bytes { get; private set; }

    /// <summary>The entry at <paramref name="index"/>, oldest first.</summary>
    public ref readonly TailEntry this[int index] => ref _ring[(_first + index) & (_ring.Length - 1)];

    public void Add(in TailEntry entry)
    {
        if (Count == _ring.Length)
            Grow();
        _ring[(_first + Count) & (_ring.Length - 1)] = entry;
        Count++;
        Bytes += entry.Length;
    }

    /// <summary>Drops entries that end at or below <paramref name="offset"/>: segments hold them.</summary>
    public void TrimBelow(long offset)
    {
        while (Count > 0 && this[0].NextOffset <= offset)
        {
            ref TailEntry entry = ref _ring[_first];
            Bytes -= entry.Length;
            entry = default;
            _first = (_first + 1) & (_ring.Length - 1);
            Count--;
        }

        if (Count == 0 && _ring.Length > KeptWhenEmpty)
            Clear();
    }

    public void Clear()
    {
        _ring = [];
        _first = Count = 0;
        Bytes = 0;
    }

    /// <summary>Index of the first entry that ends above <paramref name="offset"/>; <see cref="Count"/> when there is none.</summary>
    public int Find(long offset)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (this[middle].NextOffset > offset)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private void Grow()
    {
        var larger = new TailEntry[Math.Max(4, _ring.Length * 2)];
        for (int i = 0; i < Count; i++)
            larger[i] = this[i];
        _ring = larger;
        _first = 0;
    }
}
