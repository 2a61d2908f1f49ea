namespace Actors.Log;

/// <summary>Hands out slabs up to a limit of memory and takes them back.</summary>
/// <remarks>Rents are serialised by the write-ahead log's monitor, so room that was seen under it stays; returns come from any thread.</remarks>
internal sealed class SlabPool(int slabBytes, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly Stack<Slab> _free = new();
    private long _usedBytes;
    private Action? _onRoom;

    /// <summary>Size of an ordinary slab.</summary>
    public int SlabBytes => slabBytes;

    /// <summary>Bytes of slabs that are handed out.</summary>
    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>Bytes that may still be handed out.</summary>
    public long RoomBytes => maxBytes - UsedBytes;

    /// <summary>Called after slabs came back, on the thread that returned one.</summary>
    public void OnRoom(Action callback) => _onRoom = callback;

    /// <summary>A slab with room for <paramref name="bytes"/>, and one reference to it. The caller has seen that there is room.</summary>
    public Slab Rent(int bytes)
    {
        Slab? slab = null;
        lock (_lock)
        {
            if (bytes <= slabBytes)
                _free.TryPop(out slab);
        }

        slab ??= new Slab(this, Math.Max(slabBytes, (int)WalFileHeader.AlignUp(bytes)));
        Interlocked.Add(ref _usedBytes, slab.Capacity);
        slab.Begin();
        return slab;
    }

    internal void Return(Slab slab)
    {
        if (slab.Capacity == slabBytes)
        {
            lock (_lock)
                _free.Push(slab);
        }

        Interlocked.Add(ref _usedBytes, -slab.Capacity);
        _onRoom?.Invoke();
    }
}
