namespace Actors.Log;

/// <summary>Why a data directory takes no appends, if so, and its first failure.</summary>
internal sealed class StoreHealth
{
    private readonly Lock _lock = new();
    private volatile LogFailure? _failure;
    private volatile int _refusal;
    private bool _isFull;
    private bool _isDamaged;
    private bool _isClosed;
    private Action<LogFailure>? _onFailed;

    public LogFailure? Failure => _failure;

    public AppendRefusal Refusal => (AppendRefusal)_refusal;

    /// <summary>Called once, on the thread that failed.</summary>
    public void OnFailed(Action<LogFailure> callback) => _onFailed = callback;

    /// <summary>Keeps the first failure; later ones are consequences.</summary>
    public void Fail(LogFailure failure)
    {
        lock (_lock)
        {
            if (_failure is not null)
                return;
            _failure = failure;
            Update();
        }

        _onFailed?.Invoke(failure);
    }

    /// <returns>Whether that is a change.</returns>
    public bool SetFull(bool isFull)
    {
        lock (_lock)
        {
            bool changed = _isFull != isFull;
            _isFull = isFull;
            Update();
            return changed;
        }
    }

    public void SetDamaged()
    {
        lock (_lock)
        {
            _isDamaged = true;
            Update();
        }
    }

    public void SetClosed()
    {
        lock (_lock)
        {
            _isClosed = true;
            Update();
        }
    }

    private void Update() => _refusal = (int)(
        _failure is not null ? AppendRefusal.Failed
        : _isClosed ? AppendRefusal.Closed
        : _isDamaged ? AppendRefusal.Damaged
        : _isFull ? AppendRefusal.DiskFull
        : AppendRefusal.None);
}
