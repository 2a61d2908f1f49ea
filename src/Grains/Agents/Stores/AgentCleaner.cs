using Microsoft.Extensions.Logging;

namespace Actors.Grains.Agents;

/// <summary>
/// Removes what is too old to be of use: rows of peers and tunnels, of the connection log, of tokens. In small chunks, so that nothing waits for
/// it long; every silo does it, each at a time of its own, and finds little when another has just done it.
/// </summary>
/// <param name="peers">Peers and tunnels.</param>
/// <param name="connections">The connection log.</param>
/// <param name="tokens">Tokens.</param>
/// <param name="options">How old what may become.</param>
/// <param name="random">Spreads the silos' rounds; used by one at a time.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told when the store fails.</param>
public sealed partial class AgentCleaner(
    IAgentPeerRows peers, IAgentConnectionLog connections, IAgentTokenRows tokens, AgentCleanerOptions options, Random random, TimeProvider time, ILogger<AgentCleaner> log)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Begins; the first round comes within one period.</summary>
    public void Start() => _running = Task.Run(RunAsync, CancellationToken.None);

    /// <summary>Removes what is too old now.</summary>
    /// <returns>Rows that were removed.</returns>
    /// <exception cref="AgentStoreException">The store does not answer; what is left goes with the next round.</exception>
    public async Task<long> CleanAsync(CancellationToken token)
    {
        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var expiry = new PeerExpiry(nowUtcMs - options.ClosedTunnelMs, nowUtcMs - options.EndedPeerMs);
        return await RepeatAsync(until => peers.RemoveExpiredAsync(expiry, options.MaxRows, until), token)
            + await RepeatAsync(until => connections.RemoveBeforeAsync(nowUtcMs - options.ConnectionLogMs, options.MaxRows, until), token)
            + await RepeatAsync(until => tokens.RemoveExpiredAsync(nowUtcMs - options.ExpiredTokenMs, options.MaxRows, until), token);
    }

    /// <inheritdoc/>
    /// <remarks>May be called twice.</remarks>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task<long> RepeatAsync(Func<CancellationToken, Task<int>> remove, CancellationToken token)
    {
        long all = 0;
        while (await remove(token) is > 0 and var removed)
        {
            all += removed;
            await Task.Delay(options.Pause, time, token);
        }

        return all;
    }

    private async Task RunAsync()
    {
        var first = options.Period * random.NextDouble();
        for (var pause = first; ; pause = options.Period)
        {
            await Task.Delay(pause, time, _stopping.Token);
            try
            {
                await CleanAsync(_stopping.Token);
            }
            catch (AgentStoreException failure)
            {
                LogFailed(log, failure);
            }
        }
    }

    [LoggerMessage(2440, LogLevel.Warning, "Old rows of agents could not be removed now; the next round tries again.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
