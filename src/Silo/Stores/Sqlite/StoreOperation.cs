namespace Actors.Silo.Stores.Sqlite;

/// <summary>
/// One piece of work on its way to a store's thread and back. It is run at most once, and its waiter is told exactly once.
/// </summary>
/// <param name="name">For messages: "create topics".</param>
internal abstract class StoreOperation(string name)
{
    private int _isTaken;

    public string Name => name;

    /// <summary>Takes the operation, to run it or to give it up.</summary>
    /// <returns>True for the first caller only.</returns>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    /// <summary>Does the work and keeps its result; nobody is told yet.</summary>
    public abstract void Run(SqliteSession session);

    /// <summary>Tells the waiter the result that <see cref="Run"/> kept.</summary>
    public abstract void Succeed();

    public abstract void Fail(Exception failure);
}

/// <summary>Such work with a result.</summary>
internal sealed class StoreOperation<T>(string name, Func<SqliteSession, T> work) : StoreOperation(name)
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Done => _done.Task;

    public override void Run(SqliteSession session) => _result = work(session);

    public override void Succeed() => _done.TrySetResult(_result!);

    public override void Fail(Exception failure) => _done.TrySetException(failure);
}
