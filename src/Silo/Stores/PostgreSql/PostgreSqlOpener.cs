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
    /// <summary>SQLSTATE classes of what waiting does not mend: user and password, no such database, privileges.</summary>
    private static readonly string[] Refusals = ["28", "3D", "42"];

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
                if (failure.InnerException is PostgresException refused && Refusals.Any(start => refused.SqlState.StartsWith(start, StringComparison.Ordinal)))
                {
                    throw new SiloStartException(
                        $"The database {database.Name} refuses this program: {refused.MessageText} ({refused.SqlState}). "
                        + "Correct user, password or database in --Silo:Store=…, or make them there.", failure);
                }

                var reason = (failure.InnerException as PostgresException)?.MessageText ?? failure.InnerException!.Message;
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

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Waiting for the database {Database} ({Reason})")]
    private static partial void LogWaiting(ILogger log, string database, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database {Database} is there")]
    private static partial void LogThere(ILogger log, string database);
}
