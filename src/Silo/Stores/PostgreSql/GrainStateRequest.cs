namespace Actors.Silo.Stores.PostgreSql;

/// <summary>One grain's operation on its way to a statement that it shares with others, and back. Its waiter is told exactly once.</summary>
/// <param name="key">Which record.</param>
/// <param name="expected">The version that a change expects; null: no record.</param>
/// <param name="payload">What a write writes; null for anything else.</param>
/// <param name="hasWork">Whether a write marks the record as that of a grain that has work.</param>
internal sealed class GrainStateRequest(GrainStateKey key, long? expected, byte[]? payload, bool hasWork)
{
    private readonly TaskCompletionSource<GrainStateAnswer> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isTaken;

    public GrainStateKey Key => key;

    public long? Expected => expected;

    public byte[]? Payload => payload;

    public bool HasWork => hasWork;

    /// <summary>What it weighs in a statement.</summary>
    public int Bytes => key.GrainId.Length + key.StateName.Length + (payload?.Length ?? 0);

    /// <summary>The answer, when there is one.</summary>
    public Task<GrainStateAnswer> Done => _done.Task;

    /// <summary>Takes the request, to run it or to give it up.</summary>
    /// <returns>True for the first caller only.</returns>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    public void Answer(GrainStateAnswer answer) => _done.TrySetResult(answer);

    public void Fail(Exception failure) => _done.TrySetException(failure);
}
