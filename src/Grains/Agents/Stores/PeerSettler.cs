using Microsoft.Extensions.Logging;

namespace Actors.Grains.Agents;

/// <summary>
/// Finds peers whose connection has not ended as far as the store knows, and whose silo has left the view, and has each one's grain look at
/// its row: that alone writes, and finds that the peer is lost. Without it the rows of those who never come back would stay as they are, and
/// their tunnels with them.
/// </summary>
/// <remarks>Every silo may do it at any time: a grain that has looked already finds nothing to do. Safe to use from any thread.</remarks>
/// <param name="rows">Where they are found.</param>
/// <param name="views">Which silos live.</param>
/// <param name="look">Calls a peer's grain; what it answers does not matter.</param>
/// <param name="options">How many at once, and how fast.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told when grains are not reached.</param>
public sealed partial class PeerSettler(
    IAgentPeerRows rows, IAgentViews views, Func<Guid, Task> look, AgentCleanerOptions options, TimeProvider time, ILogger<PeerSettler> log)
{
    /// <summary>How long a grain may take; it goes on by itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Raised after each change of the view, on any thread.</summary>
    public event Action? ViewChanged
    {
        add => views.Changed += value;
        remove => views.Changed -= value;
    }

    /// <summary>Has everyone looked at whose silo is gone by now.</summary>
    /// <returns>Peers that were asked; those that were not reached are found again the next time.</returns>
    /// <exception cref="AgentStoreException">The store does not answer.</exception>
    public async Task<long> SettleAsync(CancellationToken token)
    {
        GatewayRun[] living = [.. views.Current.Members.Select(static run => new GatewayRun(run.NodeId, run.Generation, SinceView: 0))];
        long asked = 0;
        long missed = 0;
        IReadOnlyList<Guid> page;
        Guid? after = null;
        do
        {
            page = await rows.ListLiveElsewhereAsync(living, after, options.MaxPeers, token);
            if (page.Count == 0)
                break;
            after = page[^1];
            asked += page.Count;
            missed += (await Task.WhenAll(page.Select(peer => TryLookAsync(peer, token)))).Count(static isDone => !isDone);
            await Task.Delay(options.Pause, time, token);
        }
        while (page.Count == options.MaxPeers);

        if (asked > 0)
            LogSettled(log, asked, missed);
        return asked;
    }

    private async Task<bool> TryLookAsync(Guid peer, CancellationToken token)
    {
        try
        {
            await look(peer).WaitAsync(Patience, time, token);
            return true;
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure)
        {
            LogNotReached(log, peer, failure);
            return false;
        }
    }

    [LoggerMessage(2441, LogLevel.Information, "{Asked} peers were still stored as connected with silos that have ended; {Missed} of them could not be asked, and are the next time.")]
    private static partial void LogSettled(ILogger log, long asked, long missed);

    [LoggerMessage(2442, LogLevel.Debug, "Peer {Peer}, whose silo has ended, could not be asked.")]
    private static partial void LogNotReached(ILogger log, Guid peer, Exception failure);
}
