using System.Data;
using System.Net.Sockets;
using Actors.Silo.Health;
using Npgsql;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>
/// A database and its pool of connections. An operation has a deadline that covers connecting, waiting and reading; what goes wrong
/// leaves as the exception that the caller names, which says whether the operation may have been done. Safe for use from any thread.
/// </summary>
public sealed class PostgreSqlDatabase : IHealthSource, IAsyncDisposable
{
    /// <summary>Npgsql: break the connection at once when an operation is cancelled, rather than ask the server and wait for it.</summary>
    private const int BreakAtOnce = -1;

    /// <summary>SQLSTATE classes after which a statement may have taken effect: the connection or the server went away.</summary>
    private static readonly string[] Unclear = ["08", "57P", "58"];

    /// <summary>SQLSTATE classes of a database that answers and does not do its work: read-only, user or password, no such database, tables or privileges, no room, damage.</summary>
    private static readonly string[] Unwell = ["25", "28", "3D", "42", "53", "XX"];

    /// <summary>How long a refusal is told of where nobody tries the same again.</summary>
    private static readonly TimeSpan RefusalTold = TimeSpan.FromMinutes(1);

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _listening;
    private volatile HealthProblem? _away;
    private volatile Refusal? _refusal;

    /// <param name="connectionString">Npgsql's; what it says of time-outs, pooling and enlisting is replaced.</param>
    /// <param name="options">Deadlines.</param>
    /// <param name="time">Their clock.</param>
    /// <exception cref="ArgumentException">The connection string is none.</exception>
    public PostgreSqlDatabase(string connectionString, PostgreSqlOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Time = time;
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            ApplicationName = "actors",
            Timeout = (int)Math.Ceiling(options.OperationTimeout.TotalSeconds),
            CommandTimeout = (int)Math.Ceiling(options.OperationTimeout.TotalSeconds) + 1, // for rolling back, which takes no token; the rest ends at its deadline
            CancellationTimeout = BreakAtOnce,
            Enlist = false,
            MaxPoolSize = options.MaxConnections,
            NoResetOnClose = true, // nothing here changes a session, so a reset would be a statement for nothing
            TcpKeepAlive = true,
        };
        Name = $"'{settings.Database}' at {settings.Host}:{settings.Port}";
        _source = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
        settings.Pooling = false;
        _listening = new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();
    }

    /// <summary>Database, host and port, for people.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// That the database is away, until any operation succeeds; or that it refuses one, until the same one succeeds or nobody has
    /// tried it for a minute. What the silo leads and holds it goes on serving without the database, hence a warning.
    /// </remarks>
    public HealthProblem? Problem => _away ?? (_refusal is { } refusal && Time.GetElapsedTime(refusal.Since) < RefusalTold ? refusal.Problem : null);

    /// <summary>Deadlines and pauses.</summary>
    public PostgreSqlOptions Options { get; }

    /// <summary>The clock of deadlines and pauses.</summary>
    public TimeProvider Time { get; }

    /// <summary>Opens a connection of its own, not of the pool, that hears what is said on a channel. The caller disposes of it.</summary>
    /// <param name="channel">An identifier.</param>
    /// <param name="failure">Makes the exception when the database fails.</param>
    /// <param name="token">The caller's.</param>
    public Task<NpgsqlConnection> ListenAsync(string channel, StoreFailure failure, CancellationToken token) => AttemptAsync(
        $"listen on {channel}",
        async (_, until) =>
        {
            var connection = await _listening.OpenConnectionAsync(until);
            try
            {
                await using var listen = new NpgsqlCommand($"LISTEN {channel}", connection);
                await listen.ExecuteNonQueryAsync(until);
                return connection;
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        },
        failure,
        token);

    /// <summary>Does an operation on a connection of the pool.</summary>
    /// <param name="operation">What it is, for people: "read the silos".</param>
    /// <param name="work">Gets the connection and a token that is cancelled at the deadline.</param>
    /// <param name="failure">Makes the exception when the database fails.</param>
    /// <param name="token">The caller's.</param>
    public Task<T> RunAsync<T>(string operation, Func<NpgsqlConnection, CancellationToken, Task<T>> work, StoreFailure failure, CancellationToken token) =>
        AttemptAsync(
            operation,
            async (mark, until) =>
            {
                await using var connection = await _source.OpenConnectionAsync(until);
                (mark.IsOpen, mark.IsSent) = (true, true);
                return await work(connection, until);
            },
            failure,
            token);

    /// <summary>
    /// Does an operation in a transaction on a connection of the pool. What fails before the commit is undone; a commit that
    /// was sent and not answered may have happened, and then the exception says so even when it was the caller who gave up.
    /// </summary>
    /// <param name="operation">What it is, for people: "create topics".</param>
    /// <param name="isolation">What it sees of others.</param>
    /// <param name="work">Gets the connection and a token that is cancelled at the deadline.</param>
    /// <param name="failure">Makes the exception when the database fails.</param>
    /// <param name="token">The caller's.</param>
    public Task<T> TransactAsync<T>(
        string operation, IsolationLevel isolation, Func<NpgsqlConnection, CancellationToken, Task<T>> work, StoreFailure failure, CancellationToken token) =>
        AttemptAsync(
            operation,
            async (mark, until) =>
            {
                await using var connection = await _source.OpenConnectionAsync(until);
                mark.IsOpen = true;
                await using var transaction = await connection.BeginTransactionAsync(isolation, until);
                var answer = await work(connection, until);
                (mark.IsSent, mark.IsCommit) = (true, true);
                await transaction.CommitAsync(until);
                return answer;
            },
            failure,
            token);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _listening.DisposeAsync();
    }

    private async Task<T> AttemptAsync<T>(string operation, Func<Mark, CancellationToken, Task<T>> work, StoreFailure failure, CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(Options.OperationTimeout, Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
        var mark = new Mark();
        try
        {
            var answer = await work(mark, both.Token);
            _away = null;
            if (_refusal?.Operation == operation) _refusal = null;
            return answer;
        }
        catch (OperationCanceledException given) when (mark.IsCommit && token.IsCancellationRequested)
        {
            throw failure(operation, true, "nobody waited any longer.", given);
        }
        catch (OperationCanceledException late) when (!token.IsCancellationRequested)
        {
            throw failure(operation, mark.IsSent, Away($"the database {Name} did not answer within {Options.OperationTimeout.TotalSeconds} s."), late);
        }
        catch (PostgresException refused)
        {
            var isUnclear = Unclear.Any(start => refused.SqlState.StartsWith(start, StringComparison.Ordinal));
            var reason = $"the database {Name} says: {refused.MessageText} ({refused.SqlState}).";
            if (isUnclear) Away(reason);
            else if (Unwell.Any(start => refused.SqlState.StartsWith(start, StringComparison.Ordinal))) _refusal = new(operation, Warning(reason), Time.GetTimestamp());
            throw failure(operation, mark.IsSent && isUnclear, reason, refused);
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch (Exception broken) when (broken is NpgsqlException or SocketException or IOException or TimeoutException)
        {
            if (!mark.IsCommit) token.ThrowIfCancellationRequested();
            throw failure(operation, mark.IsSent, Away($"the connection to the database {Name} failed: {broken.Message}"), broken);
        }
        catch (Exception garbage) when (!mark.IsOpen || garbage is InvalidCastException or FormatException or OverflowException)
        {
            var reason = $"what the database {Name} answers is not understood: {garbage.Message}";
            throw failure(operation, mark.IsSent, mark.IsOpen ? reason : Away(reason), garbage);
        }
    }

    private string Away(string reason)
    {
        _away = Warning(reason);
        _source.Clear(); // the others in the pool are most likely broken too
        return reason;
    }

    private static HealthProblem Warning(string reason) => new("store", reason, IsFinal: false) { IsWarning = true };

    private sealed record Refusal(string Operation, HealthProblem Problem, long Since);

    /// <summary>How far an attempt has come.</summary>
    private sealed class Mark
    {
        /// <summary>There is a connection, and the server is PostgreSQL.</summary>
        public bool IsOpen { get; set; }

        /// <summary>From now on it may have been done.</summary>
        public bool IsSent { get; set; }

        /// <summary>What is sent is a commit.</summary>
        public bool IsCommit { get; set; }
    }
}
