using Actors.Grains.Agents;
using Actors.Silo.Health;
using Actors.Silo.Options;

namespace Actors.Silo.Stores;

/// <summary>
/// Learns the keys of tokens before anybody can connect: a silo that did not know them would take everybody for welcome. At the end it
/// writes what is known of agents, when nobody connects any more and the store is still open.
/// </summary>
/// <param name="health">Told what is going on.</param>
/// <param name="keys">The keys.</param>
/// <param name="writer">What is written in batches.</param>
/// <param name="cleaner">Removes what is old while the silo runs.</param>
/// <param name="options">Says how long the end may take.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told while the store is away.</param>
public sealed partial class AgentStoreOpener(
    SiloHealth health, AgentKeys keys, AgentWriter writer, AgentCleaner cleaner, AgentsOptions options, TimeProvider time, ILogger<AgentStoreOpener> log) : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        health.Enter("reading the keys of tokens");
        while (!await TryReadKeysAsync(cancellationToken)) await Task.Delay(Pause, time, cancellationToken);
        cleaner.Start();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        health.Enter("writing what is known of agents");
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(options.FlushTimeoutMs), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        // What looks and cleans may wait for the store longer than there is time; nothing is lost when it ends by itself.
        var others = Task.WhenAll(cleaner.DisposeAsync().AsTask(), keys.DisposeAsync().AsTask());
        await writer.StopAsync(both.Token);
        await others.WaitAsync(both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<bool> TryReadKeysAsync(CancellationToken token)
    {
        try
        {
            await keys.RefreshAsync(token);
            return true;
        }
        catch (AgentStoreException away)
        {
            LogWaiting(log, away.Reason);
            return false;
        }
    }

    [LoggerMessage(4110, LogLevel.Warning, "Waiting for the keys of agents' tokens: {Reason}")]
    private static partial void LogWaiting(ILogger log, string reason);
}
