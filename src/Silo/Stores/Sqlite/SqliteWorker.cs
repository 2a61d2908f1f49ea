using Actors.Grains.Topics;
using Microsoft.Data.Sqlite;

namespace Actors.Silo.Stores.Sqlite;

/// <summary>
/// The one thread that uses one connection. A writer puts all operations that wait into one transaction, so that one sync
/// of the file carries them all: each runs under a savepoint of its own and fails alone; nobody is told of success before
/// the commit. A commit that fails leaves its operations with an unknown outcome and is final when the disk failed: later
/// operations are refused until a new process has recovered the file. A reader runs each operation by itself. What escapes
/// the loop is a broken invariant (a transaction that can neither go on nor back) and ends the process.
/// </summary>
internal sealed class SqliteWorker
{
    private readonly SqliteSession _session;
    private readonly bool _isWriter;
    private readonly StoreQueue _queue;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _failure;

    public SqliteWorker(SqliteSession session, bool isWriter, int capacity)
    {
        _session = session;
        _isWriter = isWriter;
        _queue = new(capacity);
        _thread = new(Loop) { IsBackground = true, Name = isWriter ? "store writer" : "store reader" };
        _thread.Start();
    }

    /// <summary>Why nothing is written any more; null while all is well.</summary>
    public string? Failure => _failure;

    /// <summary>Transactions committed since the start.</summary>
    public long Commits { get; private set; }

    public string? TryAdd(StoreOperation operation) => _failure ?? _queue.TryAdd(operation);

    /// <summary>Finishes what waits, then closes the connection.</summary>
    public Task CloseAsync()
    {
        _queue.Close();
        return _ended.Task;
    }

    private void Loop()
    {
        Queue<StoreOperation> batch = new();
        while (_queue.TryTakeAll(ref batch))
        {
            if (_isWriter) Write(batch);
            else Read(batch);
        }

        _session.Dispose();
        _ended.SetResult();
    }

    private void Read(Queue<StoreOperation> batch)
    {
        while (batch.TryDequeue(out var operation))
        {
            if (!operation.TryTake()) continue;
            try
            {
                operation.Run(_session);
                operation.Succeed();
            }
            catch (Exception failure)
            {
                operation.Fail(Wrap(operation, StoreOutcome.NotApplied, failure));
            }
        }
    }

    private void Write(Queue<StoreOperation> batch)
    {
        List<StoreOperation> done = [];
        while (batch.TryDequeue(out var operation))
        {
            if (!operation.TryTake()) continue;
            if (_failure is { } reason) operation.Fail(new StoreException(operation.Name, StoreOutcome.NotApplied, reason));
            else Run(operation, done);
        }

        Commit(done);
    }

    private void Run(StoreOperation operation, List<StoreOperation> done)
    {
        try
        {
            if (!_session.IsInTransaction) _session.Execute("BEGIN IMMEDIATE");
            _session.Execute("SAVEPOINT operation");
            operation.Run(_session);
            _session.Execute("RELEASE operation");
            done.Add(operation);
        }
        catch (Exception failure)
        {
            Undo(done, failure);
            operation.Fail(Wrap(operation, StoreOutcome.NotApplied, failure));
        }
    }

    // Some errors (a full disk among them) make SQLite roll back the whole transaction: then those before are undone as well.
    private void Undo(List<StoreOperation> done, Exception failure)
    {
        if (_session.IsInTransaction)
        {
            _session.Execute("ROLLBACK TO operation");
            _session.Execute("RELEASE operation");
            return;
        }

        foreach (var undone in done) undone.Fail(Wrap(undone, StoreOutcome.NotApplied, failure));
        done.Clear();
    }

    private void Commit(List<StoreOperation> done)
    {
        if (!_session.IsInTransaction) return;
        try
        {
            _session.Execute("COMMIT");
            Commits++;
        }
        catch (Exception failure)
        {
            var isUndone = TryRollBack();
            if (!isUndone || IsDisk(failure)) _failure = $"the disk failed it, and only a restart can tell what is stored ({failure.Message})";
            foreach (var operation in done) operation.Fail(Wrap(operation, StoreOutcome.Unknown, failure));
            return;
        }

        foreach (var operation in done) operation.Succeed();
    }

    private bool TryRollBack()
    {
        try
        {
            if (_session.IsInTransaction) _session.Execute("ROLLBACK");
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static bool IsDisk(Exception failure) =>
        failure is SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB };

    private static Exception Wrap(StoreOperation operation, StoreOutcome outcome, Exception failure) =>
        failure is SqliteException ? new StoreException(operation.Name, outcome, failure.Message, failure) : failure;
}
