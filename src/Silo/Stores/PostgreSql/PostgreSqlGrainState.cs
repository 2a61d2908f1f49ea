using System.Diagnostics;
using Actors.Grains.Topics;
using Npgsql;
using NpgsqlTypes;
using Orleans.Runtime;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>
/// The table of grain state. Writes of many grains share statements, and so do reads, each kind on one connection; a conflict
/// or a row that the database refuses fails its own request only. Safe for use from any thread.
/// </summary>
/// <remarks>
/// A request ends within twice the database's operation time-out: one statement that is under way, and its own. What was
/// not sent by then is not done; a change that was sent and not answered is <see cref="StoreOutcome.Unknown"/>, and whoever
/// then writes over the version that it knew, succeeds or is told of the conflict.
/// </remarks>
public sealed class PostgreSqlGrainState
{
    /// <summary>Requests of each kind that may wait.</summary>
    public const int MaxWaiting = 16_384;

    /// <summary>Requests that share a statement.</summary>
    public const int MaxRows = 500;

    /// <summary>Bytes of each kind that may wait; one request may be larger when it waits alone.</summary>
    public const int MaxWaitingBytes = 64 << 20;

    /// <summary>Bytes that share a statement; one request may be larger when it is alone in it.</summary>
    public const int MaxStatementBytes = 8 << 20;

    /// <summary>
    /// One row for each request, in any order: its number, and its new version, which is 0 for a record that is gone and null for a conflict.
    /// All parts see the table as it was before.
    /// </summary>
    private const string Change = """
        WITH asked AS (
            SELECT * FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY AS asked (grain_id, state_name, expected, payload, has_work, number)),
        added AS (
            INSERT INTO actors.grain_state (grain_id, state_name, version, payload, has_work)
            SELECT grain_id, state_name, nextval('actors.grain_state_versions'), payload, has_work FROM asked WHERE expected IS NULL AND payload IS NOT NULL
            ON CONFLICT DO NOTHING
            RETURNING grain_id, state_name, version),
        changed AS (
            UPDATE actors.grain_state SET version = nextval('actors.grain_state_versions'), payload = asked.payload, has_work = asked.has_work
            FROM asked
            WHERE grain_state.grain_id = asked.grain_id AND grain_state.state_name = asked.state_name
                AND grain_state.version = asked.expected AND asked.payload IS NOT NULL
            RETURNING grain_state.grain_id, grain_state.state_name, grain_state.version),
        removed AS (
            DELETE FROM actors.grain_state USING asked
            WHERE grain_state.grain_id = asked.grain_id AND grain_state.state_name = asked.state_name
                AND grain_state.version = asked.expected AND asked.payload IS NULL
            RETURNING grain_state.grain_id, grain_state.state_name, 0::bigint),
        absent AS (
            SELECT grain_id, state_name, 0::bigint FROM asked
            WHERE expected IS NULL AND payload IS NULL
                AND NOT EXISTS (SELECT FROM actors.grain_state AS stored WHERE stored.grain_id = asked.grain_id AND stored.state_name = asked.state_name))
        SELECT number, done.version
        FROM asked LEFT JOIN (TABLE added UNION ALL TABLE changed UNION ALL TABLE removed UNION ALL TABLE absent) AS done USING (grain_id, state_name)
        """;

    private const string Read = """
        SELECT number, version, payload
        FROM unnest($1, $2) WITH ORDINALITY AS asked (grain_id, state_name, number) JOIN actors.grain_state USING (grain_id, state_name)
        """;

    private static readonly StoreFailure Failure = static (operation, mayHaveHappened, reason, cause) =>
        new StoreException(operation, mayHaveHappened ? StoreOutcome.Unknown : StoreOutcome.NotApplied, reason, cause);

    private readonly PostgreSqlDatabase _database;
    private readonly GrainStateQueue _changes;
    private readonly GrainStateQueue _reads;
    private long _statements;

    /// <param name="database">Where it is; the tables are there. Not owned.</param>
    public PostgreSqlGrainState(PostgreSqlDatabase database)
    {
        _database = database;
        _changes = new(ChangeAsync);
        _reads = new(ReadAsync);
    }

    /// <summary>Statements that were sent so far.</summary>
    public long Statements => Interlocked.Read(ref _statements);

    /// <summary>Reads a record.</summary>
    /// <exception cref="StoreException">The database fails.</exception>
    /// <exception cref="LimitExceededException">Too many requests are waiting.</exception>
    public Task<GrainStateAnswer> ReadAsync(GrainStateKey key, CancellationToken token) =>
        AskAsync("read grain state", _reads, new GrainStateRequest(key, null, null, false), token);

    /// <summary>Changes a record where its version is the expected one.</summary>
    /// <param name="key">Which.</param>
    /// <param name="expected">Null: there is none.</param>
    /// <param name="payload">What it becomes; not changed until the task completes. Null: it is removed.</param>
    /// <param name="hasWork">Whether the record is marked as that of a grain that has work.</param>
    /// <param name="token">Ends the waiting.</param>
    /// <exception cref="StoreException">The database fails; the outcome says whether the change may have been made.</exception>
    /// <exception cref="LimitExceededException">Too many requests are waiting.</exception>
    public Task<GrainStateAnswer> ChangeAsync(GrainStateKey key, long? expected, byte[]? payload, bool hasWork, CancellationToken token) =>
        AskAsync(payload is null ? "clear grain state" : "write grain state", _changes, new GrainStateRequest(key, expected, payload, hasWork), token);

    private async Task<GrainStateAnswer> AskAsync(string operation, GrainStateQueue queue, GrainStateRequest request, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        if (!queue.TryAdd(request))
        {
            throw new LimitExceededException(
                $"The store is busy: {MaxWaiting} requests for grain state, or {MaxWaitingBytes} bytes of it, are waiting for the database "
                + $"{_database.Name}. Try again later.");
        }

        try
        {
            return await request.Done.WaitAsync(2 * _database.Options.OperationTimeout, _database.Time, token);
        }
        catch (Exception given) when (given is TimeoutException or OperationCanceledException)
        {
            if (request.Done.IsCompleted) return await request.Done;
            var isSent = !request.TryTake();
            if (given is OperationCanceledException && (!isSent || queue == _reads)) throw;
            var outcome = isSent && queue == _changes ? StoreOutcome.Unknown : StoreOutcome.NotApplied;
            var reason = given is TimeoutException
                ? $"the database {_database.Name} did not {(isSent ? "answer" : "come to it")} within {(2 * _database.Options.OperationTimeout).TotalSeconds} s."
                : "nobody waited any longer.";
            throw new StoreException(operation, outcome, reason, given);
        }
    }

    private Task ReadAsync(IReadOnlyList<GrainStateRequest> requests) => SplitAsync(requests, async some =>
    {
        var found = await RunAsync(
            "read grain state",
            Read,
            some,
            static _ => { },
            static row => (Number: (int)row.GetInt64(0), Answer: new GrainStateAnswer(true, row.GetInt64(1), row.GetFieldValue<byte[]>(2))));
        foreach (var (number, answer) in found) some[number - 1].Answer(answer);
        foreach (var request in some) request.Answer(default); // no record, where nothing was found
    });

    private Task ChangeAsync(IReadOnlyList<GrainStateRequest> requests) => SplitAsync(requests, async some =>
    {
        var done = await RunAsync(
            "change grain state",
            Change,
            some,
            command =>
            {
                command.Parameters.Add(new NpgsqlParameter { Value = some.Select(static one => one.Expected).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
                command.Parameters.Add(new NpgsqlParameter { Value = some.Select(static one => one.Payload).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
                command.Parameters.Add(new NpgsqlParameter { Value = some.Select(static one => one.HasWork).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean });
            },
            static row => (Number: (int)row.GetInt64(0), Version: row.IsDBNull(1) ? default(long?) : row.GetInt64(1)));
        Debug.Assert(done.Count == some.Count, "Each request has an answer.");
        List<GrainStateRequest> conflicts = [];
        foreach (var (number, version) in done)
        {
            if (version is null) conflicts.Add(some[number - 1]);
            else some[number - 1].Answer(new GrainStateAnswer(true, version == 0 ? null : version));
        }

        if (conflicts.Count > 0) await TellConflictsAsync(conflicts);
    });

    /// <summary>Looks at what the records have now: what the change itself saw may be older than what it ran into.</summary>
    private async Task TellConflictsAsync(List<GrainStateRequest> conflicts)
    {
        List<(int Number, long Version)> found;
        try
        {
            found = await RunAsync("read grain state", Read, conflicts, static _ => { }, static row => ((int)row.GetInt64(0), row.GetInt64(1)));
        }
        catch (StoreException)
        {
            found = []; // nothing was changed, and that is what they must know
        }

        foreach (var (number, version) in found) conflicts[number - 1].Answer(new GrainStateAnswer(false, version));
        foreach (var request in conflicts) request.Answer(new GrainStateAnswer(false, null));
    }

    /// <summary>Runs requests together; when the database refuses them, halves of them, down to the one that it does refuse.</summary>
    private static async Task SplitAsync(IReadOnlyList<GrainStateRequest> requests, Func<IReadOnlyList<GrainStateRequest>, Task> run)
    {
        try
        {
            await run(requests);
        }
        catch (StoreException refused) when (requests.Count > 1 && IsOfSome(refused))
        {
            var half = requests.Count / 2;
            await SplitAsync([.. requests.Take(half)], run);
            await SplitAsync([.. requests.Skip(half)], run);
        }
        catch (Exception failure)
        {
            foreach (var request in requests) request.Fail(failure);
        }
    }

    /// <summary>A row that nobody can store, or two silos that wait for each other's rows; not a database that is away.</summary>
    private static bool IsOfSome(StoreException refused) => refused
        is { Outcome: StoreOutcome.NotApplied, InnerException: PostgresException { IsTransient: false } or PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected } };

    private Task<List<T>> RunAsync<T>(
        string operation, string sql, IReadOnlyList<GrainStateRequest> requests, Action<NpgsqlCommand> add, Func<NpgsqlDataReader, T> read)
    {
        Interlocked.Increment(ref _statements);
        return _database.RunAsync(
            operation,
            async (connection, until) =>
            {
                await using var command = connection.Command(
                    sql, [requests.Select(static one => one.Key.GrainId).ToArray(), requests.Select(static one => one.Key.StateName).ToArray()]);
                add(command);
                await using var reader = await command.ExecuteReaderAsync(until);
                return await reader.ReadAllAsync(read, until);
            },
            Failure,
            CancellationToken.None);
    }
}
