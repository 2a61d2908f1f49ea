using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;

namespace Actors.Grains.Tests.Partitions;

/// <summary>An append whose answer a test can await.</summary>
internal sealed class TestAppend : PendingAppend
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _completions;

    public TestAppend(byte[] batch, short acks = -1)
    {
        (Batch, Header, Acks) = (batch, TestBatch.HeaderOf(batch), acks);
    }

    public bool IsDone => _done.Task.IsCompleted;

    public int Completions => Volatile.Read(ref _completions);

    /// <summary>Called when the answer is known, before anyone who waits for it goes on.</summary>
    public Action? OnComplete { get; init; }

    public Task Done => _done.Task.WaitAsync(TestGuard.Limit);

    public override void Complete(ref CompletionBatch batch)
    {
        Interlocked.Increment(ref _completions);
        OnComplete?.Invoke();
        _done.TrySetResult();
    }
}
