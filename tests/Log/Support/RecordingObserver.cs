namespace Actors.Log.Tests.Support;

/// <summary>Remembers what a log told its owner, and lets tests wait for it.</summary>
internal sealed class RecordingObserver : ILogObserver
{
    private readonly Lock _lock = new();
    private readonly List<(long Offset, TaskCompletionSource Done)> _waiting = [];
    private readonly TaskCompletionSource<LogFailure> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _durable;

    public List<long> Signals { get; } = [];

    /// <summary>What was told as durable after the failure; must stay empty.</summary>
    public List<long> SignalsAfterFailure { get; } = [];

    /// <summary>How often a failure was told.</summary>
    public int Failures { get; private set; }

    public Task<LogFailure> Failed => _failed.Task;

    public long Durable => Volatile.Read(ref _durable);

    public void OnDurable(long durableEndOffset)
    {
        lock (_lock)
        {
            Signals.Add(durableEndOffset);
            if (Failures > 0)
                SignalsAfterFailure.Add(durableEndOffset);
            Volatile.Write(ref _durable, durableEndOffset);
            foreach ((long offset, TaskCompletionSource done) in _waiting.Where(w => w.Offset <= durableEndOffset))
                done.TrySetResult();
            _waiting.RemoveAll(w => w.Offset <= durableEndOffset);
        }
    }

    public void OnFailed(LogFailure failure)
    {
        lock (_lock)
            Failures++;
        _failed.TrySetResult(failure);
    }

    public Task WaitAsync(long offset)
    {
        lock (_lock)
        {
            if (_durable >= offset)
                return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((offset, done));
            return done.Task.WaitAsync(TestLog.Guard);
        }
    }
}
