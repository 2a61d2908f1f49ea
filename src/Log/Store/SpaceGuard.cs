namespace Actors.Log;

/// <summary>Refuses appends while the disk has less free space than segments still need for what is in the write-ahead log, plus the reserve.</summary>
/// <remarks>
/// Space is looked at while bytes flow, once a mebibyte, and by a timer only while appends are refused. The write-ahead log itself is
/// preallocated. A write that is told there is no space, or that too many files are open, counts too: it waits and is tried again.
/// Each of those who write says for itself that it is stuck; while one of them is, appends are refused.
/// </remarks>
internal sealed class SpaceGuard : IDisposable
{
    private const long SampleEveryBytes = 1 << 20;

    private readonly LogOptions _options;
    private readonly IFileSystem _files;
    private readonly StoreHealth _health;
    private readonly TimeProvider _time;
    private readonly Func<long> _neededBytes;
    private readonly Action _retry;
    private readonly Action<bool, long, long, IOException?> _onChange;
    private readonly Lock _lock = new();
    private readonly Dictionary<object, IOException> _shortages = [];
    private long _sinceSample;
    private ITimer? _timer;
    private bool _isDisposed;

    /// <param name="neededBytes">What segments still need.</param>
    /// <param name="retry">Wakes whoever was stuck.</param>
    /// <param name="onChange">Told that the disk is full or has room again, with free and needed bytes, and what a write was told, if it was.</param>
    public SpaceGuard(LogOptions options, IFileSystem files, StoreHealth health, TimeProvider time, Func<long> neededBytes, Action retry, Action<bool, long, long, IOException?> onChange)
    {
        _options = options;
        _files = files;
        _health = health;
        _time = time;
        _neededBytes = neededBytes;
        _retry = retry;
        _onChange = onChange;
    }

    /// <summary>What a write was told that waits to be tried again; null when none does. Any thread.</summary>
    public IOException? Shortage
    {
        get
        {
            lock (_lock)
                return FirstShortage;
        }
    }

    /// <summary>Counts bytes that will need space, and looks when there were enough of them.</summary>
    public void Wrote(long bytes)
    {
        if (Interlocked.Add(ref _sinceSample, bytes) >= SampleEveryBytes)
            Sample();
    }

    /// <summary>Looks now.</summary>
    public void Sample()
    {
        Volatile.Write(ref _sinceSample, 0);
        long free = _files.GetFreeBytes(_options.Directory);
        long needed = _neededBytes() + _options.ReserveBytes;
        bool changed;
        bool isFull;
        IOException? shortage;
        lock (_lock)
        {
            // A little more than needed before appends are taken again, so that the answer does not flicker.
            long wanted = _health.Refusal == AppendRefusal.DiskFull ? needed + (_options.ReserveBytes / 8) : needed;
            shortage = FirstShortage;
            isFull = shortage is not null || free < wanted;
            changed = _health.SetFull(isFull);
            Rearm(isFull);
        }

        if (changed)
            _onChange(isFull, free, needed, shortage);
    }

    /// <summary>A write found no space, or no file could be opened for it; it is tried again when the guard calls.</summary>
    /// <param name="writer">Whose write; it alone can say that the write has been done.</param>
    /// <param name="shortage">What the write was told.</param>
    public void Stuck(object writer, IOException shortage)
    {
        lock (_lock)
            _shortages[writer] = shortage;
        Sample();
    }

    /// <summary>The write of <paramref name="writer"/> that was stuck has been done.</summary>
    public void Unstuck(object writer)
    {
        lock (_lock)
        {
            if (!_shortages.Remove(writer))
                return;
        }

        Sample();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private IOException? FirstShortage => _shortages.Values.FirstOrDefault();

    private void Rearm(bool isFull)
    {
        if (!isFull || _isDisposed)
        {
            _timer?.Dispose();
            _timer = null;
        }
        else
        {
            _timer ??= _time.CreateTimer(static state => ((SpaceGuard)state!).Recheck(), this, _options.DiskFullRecheck, _options.DiskFullRecheck);
        }
    }

    private void Recheck()
    {
        try
        {
            Sample();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _health.Fail(new LogFailure("statfs", _options.Directory, e));
        }

        _retry();
    }
}
