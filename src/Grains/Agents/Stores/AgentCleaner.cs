using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Actors.Grains.Agents;

/// <summary>
/// Removes what is too old to be of use: rows of peers and tunnels, of agents that are silent, of the connection log, of tokens. In small chunks, so that nothing waits for
/// it long; every silo does it, each at a time of its own, and finds little when another has just done it. It also has those settled whose
/// silo ended, at each round and some time after the silos have changed.
/// </summary>
/// <param name="peers">Peers and tunnels.</param>
/// <param name="agents">Agents and their values.</param>
/// <param name="connections">The connection log.</param>
/// <param name="tokens">Tokens.</param>
/// <param name="settler">Settles peers of silos that ended.</param>
/// <param name="options">How old what may become.</param>
/// <param name="random">Spreads the silos' rounds; used by one at a time.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told when the store fails.</param>
public sealed partial class AgentCleaner(
    IAgentPeerRows peers, IAgentRows agents, IAgentConnectionLog connections, IAgentTokenRows tokens, PeerSettler settler,
    AgentCleanerOptions options, Random random, TimeProvider time, ILogger<AgentCleaner> log)
    : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _viewChanges = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _running = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Begins; the first round comes within one period.</summary>
    public void Start()
    {
        var phase = random.NextDouble();
        settler.ViewChanged += LookAtView;
        _running = Task.WhenAll(
            Task.Run(() => RunAsync(options.Period * phase), CancellationToken.None),
            Task.Run(() => FollowViewAsync(options.SettleAfter * (1 + phase)), CancellationToken.None));
    }

    /// <summary>Removes what is too old now.</summary>
    /// <returns>Rows that were removed.</returns>
    /// <exception cref="AgentStoreException">The store does not answer; what is left goes with the next round.</exception>
    public async Task<long> CleanAsync(CancellationToken token)
    {
        var nowUtcMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var expiry = new PeerExpiry(nowUtcMs - options.ClosedTunnelMs, nowUtcMs - options.EndedPeerMs);
        return await RepeatAsync(until => peers.RemoveExpiredAsync(expiry, options.MaxRows, until), token)
            + (options.ForgetAfterMs == 0 ? 0 : await RepeatAsync(until => agents.RemoveSilentAsync(nowUtcMs - options.ForgetAfterMs, options.MaxRows, until), token))
            + await RepeatAsync(until => connections.RemoveBeforeAsync(nowUtcMs - options.ConnectionLogMs, options.MaxRows, until), token)
            + await RepeatAsync(until => tokens.RemoveExpiredAsync(nowUtcMs - options.ExpiredTokenMs, options.MaxRows, until), token);
    }

    /// <inheritdoc/>
    /// <remarks>May be called twice.</remarks>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
            return;
        settler.ViewChanged -= LookAtView;
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

    private async Task RunAsync(TimeSpan first)
    {
        for (var pause = first; ; pause = options.Period)
        {
            await Task.Delay(pause, time, _stopping.Token);
            await TryAsync(settler.SettleAsync);
            await TryAsync(CleanAsync);
        }
    }

    /// <summary>Changes that come close together are one.</summary>
    private async Task FollowViewAsync(TimeSpan pause)
    {
        while (true)
        {
            await _viewChanges.Reader.ReadAsync(_stopping.Token);
            await Task.Delay(pause, time, _stopping.Token);
            _viewChanges.Reader.TryRead(out _);
            await TryAsync(settler.SettleAsync);
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task<long>> work)
    {
        try
        {
            await work(_stopping.Token);
        }
        catch (AgentStoreException failure)
        {
            LogFailed(log, failure);
        }
    }

    /// <summary>On any thread. That a change waits already is as good as another one.</summary>
    private void LookAtView() => _viewChanges.Writer.TryWrite(true);

    [LoggerMessage(2440, LogLevel.Warning, "Old rows of agents could not be removed now; the next round tries again.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
