using System.Net.Sockets;
using Npgsql;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>
/// A database and its pool of connections. An operation has a deadline that covers connecting, waiting and reading; what goes wrong
/// leaves as the exception that the caller names, which says whether the operation may have been done. Safe for use from any thread.
/// </summary>
public sealed class PostgreSqlDatabase : IAsyncDisposable
{
    private const int MaxConnections = 16;

    /// <summary>Npgsql: break the connection at once when an operation is cancelled, rather than ask the server and wait for it.</summary>
    private const int BreakAtOnce = -1;

    /// <summary>SQLSTATE classes after which a statement may have taken effect: the connection or the server went away.</summary>
    private static readonly string[] Unclear = ["08", "57P", "58"];

    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlDataSource _listening;

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
            CommandTimeout = 0, // each operation brings its deadline
            CancellationTimeout = BreakAtOnce,
            Enlist = false,
            MaxPoolSize = MaxConnections,
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
                mark.IsSent = true;
                return await work(connection, until);
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
            return await work(mark, both.Token);
        }
        catch (OperationCanceledException late) when (!token.IsCancellationRequested)
        {
            _source.Clear();
            throw failure(operation, mark.IsSent, $"the database {Name} did not answer within {Options.OperationTimeout.TotalSeconds} s.", late);
        }
        catch (PostgresException refused)
        {
            var isUnclear = Unclear.Any(start => refused.SqlState.StartsWith(start, StringComparison.Ordinal));
            if (isUnclear) _source.Clear();
            throw failure(operation, mark.IsSent && isUnclear, $"the database {Name} says: {refused.MessageText} ({refused.SqlState}).", refused);
        }
        catch (Exception broken) when (broken is NpgsqlException or SocketException or IOException or TimeoutException)
        {
            token.ThrowIfCancellationRequested();
            _source.Clear(); // the others in the pool are most likely broken too
            throw failure(operation, mark.IsSent, $"the connection to the database {Name} failed: {broken.Message}", broken);
        }
    }

    /// <summary>How far an attempt has come.</summary>
    private sealed class Mark
    {
        public bool IsSent { get; set; }
    }
}
