namespace Actors.Runtime.Scheduling;

/// <summary>
/// What a thread has to write and holds, because more is about to come. Its own thread's, but for <see cref="WriteFromOutside"/>: should
/// a turn not end, the watchdog writes what the turns before it have sent.
/// </summary>
internal sealed class HeldWrites
{
    private readonly IHeldWrite?[] _held = new IHeldWrite?[4];
    private int _count;

    /// <summary>True while writes are held.</summary>
    public bool IsHolding { get; private set; }

    /// <summary>From now on writes are held.</summary>
    public void Begin() => IsHolding = true;

    /// <summary>True when the write is held: it comes later. False: the caller writes.</summary>
    public bool TryHold(IHeldWrite write)
    {
        if (!IsHolding || _count == _held.Length)
        {
            return false;
        }

        Volatile.Write(ref _held[_count++], write);
        return true;
    }

    /// <summary>Writes what is held.</summary>
    public void Write()
    {
        while (_count > 0)
        {
            ref IHeldWrite? last = ref _held[--_count];
            IHeldWrite write = last!;
            last = null;
            write.Write();
        }
    }

    /// <summary>Writes what is held; from now on nothing is.</summary>
    public void End()
    {
        IsHolding = false;
        Write();
    }

    /// <summary>Writes what is held, by another thread.</summary>
    public void WriteFromOutside()
    {
        for (int index = 0; index < _held.Length; index++)
        {
            Volatile.Read(ref _held[index])?.Write();
        }
    }
}
