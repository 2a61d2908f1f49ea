using System.Net;
using Actors.AgentLoad.Running;
using Actors.Cli.Output;

namespace Actors.Cli.Agents.Scale;

/// <summary>Takes what a scale test has left in its hub away: its agents off the lists, and the tokens that were issued for it.</summary>
/// <param name="silo">The silo, with its secret.</param>
/// <param name="console">Where progress is shown.</param>
/// <param name="time">The clock.</param>
internal sealed class ScaleCleanup(SiloClient silo, CliConsole console, TimeProvider time)
{
    private const int MaxRequests = 16;

    /// <summary>Between two wishes for an agent whose end the store has not seen yet.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private int _done;

    /// <summary>Does it; it fails with nothing.</summary>
    /// <param name="load">All peers.</param>
    /// <param name="tokens">Ids of the tokens.</param>
    /// <param name="patience">How long it may take.</param>
    /// <returns>Null, or a sentence about what is left and why.</returns>
    public Task<string?> RunAsync(LoadOptions load, IReadOnlyCollection<Guid> tokens, TimeSpan patience)
    {
        var addresses = tokens.Select(ScaleTokens.AddressOf)
            .Concat(Enumerable.Range(0, load.Agents).Select(agent => ForgetCommand.AddressOf(AgentIds.Of(load.Seed, agent)))).ToList();
        return Progress.ShowAsync(console, time, "Cleaning up", () => ((double)_done / addresses.Count, $"{_done} of {addresses.Count}"), async () =>
        {
            using var deadline = new CancellationTokenSource(patience, time);
            try
            {
                await Parallel.ForEachAsync(addresses, new ParallelOptions { MaxDegreeOfParallelism = MaxRequests, CancellationToken = deadline.Token }, async (address, stop) =>
                {
                    await DeleteAsync(address, stop);
                    Interlocked.Increment(ref _done);
                });
                return null;
            }
            catch (Exception failure) when (failure is CliException or OperationCanceledException)
            {
                var reason = failure is CliException ? failure.Message : $"It took longer than {patience.TotalSeconds:0} s.";
                return $"{addresses.Count - _done} agents and tokens of this test are left in the hub: {reason}";
            }
        });
    }

    private async Task DeleteAsync(string address, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await silo.SendAsync(HttpMethod.Delete, address, CliJson.Default.HttpRefusal, stop);
                return;
            }
            catch (CliException refusal) when (refusal.Status == HttpStatusCode.NotFound)
            {
                return; // it never came to be
            }
            catch (CliException refusal) when (refusal.Status == HttpStatusCode.Conflict)
            {
                await Task.Delay(Pause, time, stop);
            }
        }
    }
}
