using System.Numerics;

namespace Actors.Gateway;

/// <summary>
/// All time-outs of the gateway on one timer: a wheel of slots, each a list of entries. Scheduling and cancelling cost a few
/// instructions; the timer is armed only for the next slot that has an entry, so a gateway without entries never wakes.
/// </summary>
/// <remarks>
/// Safe to call from any thread. Entries fire on the timer's thread, never early and at most one tick and the timer's own
/// delay late; <see cref="Entry.OnDue"/> must be quick, and may schedule again.
/// </remarks>
public sealed class TimerWheel : IDisposable
{
    private const int SlotCount = 1024;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _tickMs;
    private readonly long _startTimestamp;
    private readonly Entry?[] _slots = new Entry?[SlotCount];
    private readonly ulong[] _occupied = new ulong[SlotCount / 64];
    private readonly ITimer _timer;
    private long _handledTick;
    private long _armedTick = long.MaxValue;
    private int _count;
    private bool _disposed;

    /// <param name="tickMs">Granularity in milliseconds.</param>
    public TimerWheel(TimeProvider time, int tickMs = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(tickMs);
        _time = time;
        _tickMs = tickMs;
        _startTimestamp = time.GetTimestamp();
        _timer = time.CreateTimer(static wheel => ((TimerWheel)wheel!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Entries that are scheduled.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _count;
        }
    }

    /// <summary>Schedules an entry to fire once after <paramref name="delayMs"/>; one that is scheduled already moves there.</summary>
    public void Schedule(Entry entry, long delayMs)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            if (entry.IsScheduled)
                Remove(entry);
            var now = NowMs();

            // A tick is handled when its end has passed, so the entry belongs to the tick that its due time lies in, plus one.
            entry.DueTick = Math.Max((now + Math.Max(delayMs, 0)) / _tickMs + 1, _handledTick + 1);
            Add(entry);
            if (entry.DueTick < _armedTick)
                Arm(entry.DueTick, now);
        }
    }

    /// <summary>Takes an entry out.</summary>
    /// <returns>False when it was not scheduled: it has fired, is about to, or never was.</returns>
    public bool Cancel(Entry entry)
    {
        lock (_gate)
        {
            if (!entry.IsScheduled)
                return false;
            Remove(entry);
            return true;
        }
    }

    /// <summary>No entry fires after this returns, except those that fire at this moment.</summary>
    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
    }

    private void OnTimer()
    {
        Entry? due = null;
        lock (_gate)
        {
            _armedTick = long.MaxValue;
            if (_disposed)
                return;
            var now = NowMs();
            var currentTick = now / _tickMs;
            for (var tick = Math.Max(_handledTick + 1, currentTick - SlotCount + 1); tick <= currentTick; tick++)
                CollectDue(tick, currentTick, ref due);
            _handledTick = Math.Max(_handledTick, currentTick);
            if (NextOccupiedTick() is { } next)
                Arm(next, now);
        }

        while (due is { } entry)
        {
            due = entry.NextDue;
            entry.NextDue = null;
            entry.OnDue();
        }
    }

    /// <summary>Slots are shared by ticks that are a whole turn apart: only entries whose tick has come are taken.</summary>
    private void CollectDue(long tick, long currentTick, ref Entry? due)
    {
        var entry = _slots[Slot(tick)];
        while (entry is not null)
        {
            var next = entry.Next;
            if (entry.DueTick <= currentTick)
            {
                Remove(entry);
                entry.NextDue = due;
                due = entry;
            }

            entry = next;
        }
    }

    /// <summary>The next tick whose slot has an entry; that entry may belong to a later turn, and then the timer arms again.</summary>
    private long? NextOccupiedTick()
    {
        if (_count == 0)
            return null;
        var first = Slot(_handledTick + 1);
        for (var step = 0; step <= _occupied.Length; step++)
        {
            var word = (first / 64 + step) % _occupied.Length;
            var bits = _occupied[word];
            if (step == 0)
                bits &= ulong.MaxValue << (first % 64);
            else if (step == _occupied.Length)
                bits &= (1UL << (first % 64)) - 1;
            if (bits != 0)
            {
                var slot = word * 64 + BitOperations.TrailingZeroCount(bits);
                return _handledTick + 1 + (slot - first + SlotCount) % SlotCount;
            }
        }

        return null;
    }

    private void Arm(long tick, long nowMs)
    {
        _armedTick = tick;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(tick * _tickMs - nowMs, 1)), Timeout.InfiniteTimeSpan);
    }

    private void Add(Entry entry)
    {
        var slot = Slot(entry.DueTick);
        entry.Next = _slots[slot];
        entry.Previous = null;
        if (entry.Next is not null)
            entry.Next.Previous = entry;
        _slots[slot] = entry;
        _occupied[slot / 64] |= 1UL << (slot % 64);
        entry.IsScheduled = true;
        _count++;
    }

    private void Remove(Entry entry)
    {
        var slot = Slot(entry.DueTick);
        if (entry.Previous is null)
            _slots[slot] = entry.Next;
        else
            entry.Previous.Next = entry.Next;
        if (entry.Next is not null)
            entry.Next.Previous = entry.Previous;
        if (_slots[slot] is null)
            _occupied[slot / 64] &= ~(1UL << (slot % 64));
        entry.Next = entry.Previous = null;
        entry.IsScheduled = false;
        _count--;
    }

    private long NowMs() => (long)_time.GetElapsedTime(_startTimestamp).TotalMilliseconds;

    private static int Slot(long tick) => (int)(tick % SlotCount);

    /// <summary>Something that may become due; belongs to one wheel.</summary>
    public abstract class Entry
    {
        internal long DueTick { get; set; }
        internal Entry? Next { get; set; }
        internal Entry? Previous { get; set; }
        internal Entry? NextDue { get; set; }
        internal bool IsScheduled { get; set; }

        /// <summary>The time has come. Called once per scheduling, outside of the wheel's lock.</summary>
        protected internal abstract void OnDue();
    }
}
