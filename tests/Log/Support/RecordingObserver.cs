namespace Actors.Log.Tests.Support;

/// <summary>Remembers what a log told its owner, and lets tests wait for it.</summary>
internal sealed class RecordingObserver : ILogObserver
{
    private readonly Lock _lock = new();
    private readonly List<(long Offset, TaskCompletionSource Done)> _waiting = [];
    private readonly TaskCompletionSource<LogFailure> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _durable;

    public List<long> Signals { get; } = [];

    public Task<LogFailure> Failed => _failed.Task;

    public long Durable => Volatile.Read(ref _durable);

    public void OnDurable(long durableEndOffset)
    {
        lock (_lock)
        {
            Signals.Add(durableEndOffset);
            Volatile.Write(ref _durable, durableEndOffset);
            foreach ((long offset, TaskCompletionSource done) in _waiting.Where(w => w.Offset <= durableEndOffset))
                done.TrySetResult();
            _waiting.RemoveAll(w => w.Offset <= durableEndOffset);
        }
    }

    public void OnFailed(LogFailure failure) => _failed.TrySetResult(failure);

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
