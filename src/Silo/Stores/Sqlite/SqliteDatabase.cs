using Actors.Grains.Topics;
using Actors.Silo.Health;
using Actors.Silo.Lifetime;
using Microsoft.Data.Sqlite;

namespace Actors.Silo.Stores.Sqlite;

/// <summary>
/// The embedded store: one SQLite file with a writer thread and a reader thread, so that no grain and no pool thread waits
/// for a disk. A write is durable (journal in WAL mode, synchronous=FULL) when its task completes; a read sees every write
/// whose task had completed before. Safe to use from any thread.
/// </summary>
/// <remarks>
/// Waiting ends with the token or after the time limit. Work that has not begun is then not done; work that has begun runs
/// on, and the exception says <see cref="StoreOutcome.Unknown"/>. A full queue refuses at once.
/// </remarks>
public sealed class SqliteDatabase : IHealthSource, IAsyncDisposable
{
    /// <summary>Operations that may wait for each of the two threads.</summary>
    public const int QueueCapacity = 4_096;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly SqliteWorker _writer;
    private readonly SqliteWorker _reader;
    private readonly TimeProvider _time;

    private SqliteDatabase(SqliteWorker writer, SqliteWorker reader, TimeProvider time)
    {
        _writer = writer;
        _reader = reader;
        _time = time;
    }

    /// <inheritdoc/>
    public HealthProblem? Problem => _writer.Failure is { } failure ? new("store", failure, IsFinal: true) : null;

    /// <summary>Transactions committed since the file was opened.</summary>
    public long Commits => _writer.Commits;

    /// <summary>Opens the file, makes it when missing, and brings its schema up to date.</summary>
    /// <param name="path">The file.</param>
    /// <param name="library">SQLite's shared library.</param>
    /// <param name="time">Clock of the time limit.</param>
    /// <exception cref="SiloStartException">The library or the file cannot be used, or the schema is newer than this program.</exception>
    public static SqliteDatabase Open(string path, string library, TimeProvider time)
    {
        SqliteLibrary.Load(library);
        SqliteSession? writer = null;
        try
        {
            writer = Connect(path);
            SqliteSchema.Prepare(writer, path);
            var reader = Connect(path);
            reader.Execute("PRAGMA query_only = ON");
            return new(new(writer, isWriter: true, QueueCapacity), new(reader, isWriter: false, QueueCapacity), time);
        }
        catch (SqliteException failure)
        {
            writer?.Dispose();
            throw new SiloStartException(
                $"The store {path} cannot be opened: {failure.Message} Restore it from a backup, or make it writable for this user.", failure);
        }
        catch (SiloStartException)
        {
            writer?.Dispose();
            throw;
        }
    }

    /// <summary>Does work in a transaction.</summary>
    /// <param name="operation">For messages: "create topics".</param>
    /// <param name="work">Runs on the writer's thread; what it throws undoes its own changes only. It is run at most once.</param>
    /// <param name="token">Ends the waiting.</param>
    public Task<T> WriteAsync<T>(string operation, Func<SqliteSession, T> work, CancellationToken token) =>
        RunAsync(_writer, new StoreOperation<T>(operation, work), token);

    /// <summary>Reads; must not change anything.</summary>
    /// <param name="operation">For messages: "load topics".</param>
    /// <param name="work">Runs on the reader's thread.</param>
    /// <param name="token">Ends the waiting.</param>
    public Task<T> ReadAsync<T>(string operation, Func<SqliteSession, T> work, CancellationToken token) =>
        RunAsync(_reader, new StoreOperation<T>(operation, work), token);

    /// <summary>Finishes what waits and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.CloseAsync();
        await _reader.CloseAsync();
    }

    private static SqliteSession Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            var session = new SqliteSession(connection);
            session.Execute("PRAGMA journal_mode = WAL");
            session.Execute("PRAGMA synchronous = FULL");
            session.Execute("PRAGMA foreign_keys = ON");
            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private async Task<T> RunAsync<T>(SqliteWorker worker, StoreOperation<T> operation, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (worker.TryAdd(operation) is { } refusal) throw new StoreException(operation.Name, StoreOutcome.NotApplied, refusal);
        try
        {
            return await operation.Done.WaitAsync(Limit, _time, token);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException && !operation.Done.IsCompleted)
        {
            var outcome = operation.TryTake() ? StoreOutcome.NotApplied : StoreOutcome.Unknown;
            if (outcome == StoreOutcome.NotApplied && failure is OperationCanceledException) throw;
            throw new StoreException(operation.Name, outcome, "nobody waited any longer", failure);
        }
    }
}
