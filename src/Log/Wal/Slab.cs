using System.Runtime.InteropServices;

namespace Actors.Log;

/// <summary>A piece of pinned memory through which appended bytes go to the write-ahead log, to readers at the tail and to segments.</summary>
/// <remarks>
/// Counted references keep it: one for the append side while it is being filled, one per flush that holds bytes in it (given up
/// when they are in segments), one per <see cref="LogRead"/>. At zero it returns to its pool. Bytes are written once,
/// before anybody else may see them, and do not change until then.
/// </remarks>
internal sealed class Slab
{
    private readonly SlabPool _pool;
    private int _references;

    public Slab(SlabPool pool, int bytes)
    {
        _pool = pool;
        Bytes = GC.AllocateUninitializedArray<byte>(bytes + WalFileHeader.PageBytes, pinned: true);
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(Bytes, 0);
        Origin = (int)(WalFileHeader.AlignUp(address) - address);
        Capacity = bytes;
    }

    /// <summary>The memory, with a little before <see cref="Origin"/> and behind that is not used.</summary>
    public byte[] Bytes { get; }

    /// <summary>Index of the first usable byte; its address is a multiple of a page, as unbuffered writes want it.</summary>
    public int Origin { get; }

    /// <summary>Usable bytes, a multiple of a page.</summary>
    public int Capacity { get; }

    /// <summary>Takes a reference; only for who is sure that another one exists.</summary>
    public void Retain() => Interlocked.Increment(ref _references);

    /// <summary>Gives a reference up.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left == 0)
            _pool.Return(this);
        else if (left < 0)
            throw new InvalidOperationException("A slab was released more often than it was retained.");
    }

    /// <summary>The first reference, given by the pool.</summary>
    internal void Begin() => Volatile.Write(ref _references, 1);
}
