using System.Globalization;
using Actors.Grains.Topics;
using Actors.Membership;
using Npgsql;

namespace Actors.Silo.Stores.PostgreSql;

/// <summary>
/// Waits for a version to change: told by NOTIFY on a connection of its own, and by a slow look in case it was not told.
/// A lost connection is made again after growing pauses; then the version is read, so nothing is missed. Used by one caller at a time.
/// </summary>
/// <param name="database">Where it is.</param>
/// <param name="source">Which version.</param>
/// <param name="random">Cuts the pauses.</param>
/// <param name="log">Told once when the connection is lost, and once when it is there again.</param>
internal sealed partial class PostgreSqlVersionWatch(PostgreSqlDatabase database, VersionSource source, Random random, ILogger log) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;
    private CancellationTokenSource? _waitStop;
    private Task? _wait;
    private long? _heard;
    private int _failures;

    /// <summary>Waits until the version is another than <paramref name="last"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<long> NextAsync(long? last, CancellationToken token)
    {
        while (true)
        {
            try
            {
                var version = _connection is null ? await ListenAsync(token) : await HearOrLookAsync(last, token);
                if (version is { } found && found != last) return found;
            }
            catch (Exception error) when (error is MembershipStoreException or TopicStoreException or NpgsqlException or IOException && !token.IsCancellationRequested)
            {
                await DropAsync();
                if (_failures == 0) LogLost(log, source.Subject, database.Name, error.Message);
                await Task.Delay(database.Options.RetryDelay(_failures++, random), database.Time, token);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => DropAsync();

    /// <summary>Connects and listens; the version is read after that, so that no change falls between.</summary>
    private async Task<long?> ListenAsync(CancellationToken token)
    {
        _connection = await database.ListenAsync(source.Channel, source.Failure, token);
        _connection.Notification += (_, message) =>
            _heard = long.TryParse(message.Payload, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
        var read = await source.ReadAsync(token);
        if (_failures > 0) LogBack(log, source.Subject, database.Name);
        _failures = 0;
        return read;
    }

    private async Task<long?> HearOrLookAsync(long? last, CancellationToken token)
    {
        _waitStop ??= new CancellationTokenSource();
        _wait ??= _connection!.WaitAsync(_waitStop.Token);
        using (var enough = CancellationTokenSource.CreateLinkedTokenSource(token))
        {
            if (await Task.WhenAny(_wait, Task.Delay(database.Options.PollInterval, database.Time, enough.Token)) == _wait)
            {
                await enough.CancelAsync();
                await _wait;
                var heard = _heard;
                (_wait, _heard) = (null, null);
                return heard;
            }
        }

        token.ThrowIfCancellationRequested();
        var seen = await source.ReadAsync(token);
        if (seen != last && !_wait.IsCompleted) await DropAsync(); // the change was not heard: the connection may be dead without a sign
        return seen;
    }

    private async ValueTask DropAsync()
    {
        var (connection, stop, wait) = (_connection, _waitStop, _wait);
        (_connection, _waitStop, _wait, _heard) = (null, null, null, null);
        if (stop is not null) await stop.CancelAsync();
        if (wait is not null) await Task.WhenAny(wait); // its failure is known or does not matter any more
        stop?.Dispose();
        if (connection is not null) await connection.DisposeAsync();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes of {Subject} are not heard any more, trying again: the database {Database} is away ({Reason})")]
    private static partial void LogLost(ILogger log, string subject, string database, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Changes of {Subject} are heard again: the database {Database} is back")]
    private static partial void LogBack(ILogger log, string subject, string database);
}
