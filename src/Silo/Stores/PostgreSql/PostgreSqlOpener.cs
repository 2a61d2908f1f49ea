using Actors.Grains.Topics;
using Actors.Membership;
using Actors.Silo.Health;
using Actors.Silo.Lifetime;
using Npgsql;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>
/// Waits for the database when the silo starts, and sees to it that the tables are there and are its cluster's. A database that is away is waited for,
/// however long, and the log and the silo's health say so; what only a person can mend ends the start with a sentence.
/// </summary>
/// <param name="health">Told what is going on.</param>
/// <param name="storeHealth">Told when the store is open.</param>
/// <param name="database">The database; not owned.</param>
/// <param name="clusterId">The cluster whose it must be; it becomes that when it is nobody's yet.</param>
/// <param name="random">Cuts the pauses between attempts.</param>
/// <param name="log">Told what is waited for.</param>
public sealed partial class PostgreSqlOpener(
    SiloHealth health, StoreHealth storeHealth, PostgreSqlDatabase database, string clusterId, Random random, ILogger<PostgreSqlOpener> log) : IHostedService
{
    /// <summary>SQLSTATEs, or their classes, of what waiting does not mend: user and password, no such database, privileges.</summary>
    private static readonly string[] Refusals = ["28", "3D", PostgresErrorCodes.InsufficientPrivilege];

    /// <summary>The class of statements that do not fit the tables that are there.</summary>
    private const string OtherTables = "42";

    /// <inheritdoc/>
    /// <exception cref="SiloStartException">The database refuses this program, or its tables are not this program's.</exception>
    /// <exception cref="ClusterMismatchException">It is another cluster's.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        health.Enter("opening the store");
        string? told = null;
        for (var failures = 0; ; failures++)
        {
            try
            {
                await database.RunAsync(
                    "prepare the tables",
                    PrepareAsync,
                    static (operation, _, reason, cause) => new StoreException(operation, StoreOutcome.Unknown, reason, cause),
                    cancellationToken);
                break;
            }
            catch (StoreException failure)
            {
                if (Final(failure) is { } sentence) throw new SiloStartException(sentence, failure);
                var reason = Reason(failure.InnerException!);
                if (reason != told) LogWaiting(log, database.Name, told = reason);
                health.Enter($"waiting for the database {database.Name}: {reason}");
                await Task.Delay(database.Options.RetryDelay(failures, random), database.Time, cancellationToken);
            }
        }

        if (told is not null) LogThere(log, database.Name);
        storeHealth.Watch(database);
    }

    private async Task<bool> PrepareAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await PostgreSqlSchema.PrepareAsync(connection, database.Name, mayCreate: true, token);
        var holder = await PostgreSqlSchema.ClaimAsync(connection, clusterId, token);
        return holder == clusterId ? true : throw new ClusterMismatchException(clusterId, holder);
    }

    /// <summary>What is waited for.</summary>
    private static string Reason(Exception failure) => failure switch
    {
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } => "waits for a lock on the tables; another program reads them for long",
        PostgresException refused => refused.MessageText,
        _ => failure.Message,
    };

    /// <summary>What is wrong where waiting mends nothing; null where it may.</summary>
    private string? Final(StoreException failure)
    {
        if (failure.InnerException is PostgresException refused)
        {
            if (Refusals.Any(start => refused.SqlState.StartsWith(start, StringComparison.Ordinal)))
            {
                return $"The database {database.Name} refuses this program: {refused.MessageText} ({refused.SqlState}). "
                    + "Correct user, password or database in --Silo:Store=…, or make them there.";
            }

            if (!refused.SqlState.StartsWith(OtherTables, StringComparison.Ordinal)) return null;
        }
        else if (failure.InnerException is not (InvalidCastException or FormatException or OverflowException))
        {
            return null;
        }

        return $"The schema 'actors' of the database {database.Name} is damaged, or another program's: {failure.InnerException.Message} "
            + "Restore the database from a backup, or choose another one with --Silo:Store=….";
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for the database {Database} ({Reason})")]
    private static partial void LogWaiting(ILogger log, string database, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database {Database} is there")]
    private static partial void LogThere(ILogger log, string database);
}
