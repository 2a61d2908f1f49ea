using Actors.Cli.Cluster;
using Actors.Kafka.Client;

namespace Actors.Cli.Bench;

/// <summary>Lanes of connections, one to each leader, with a fixed number of loops on each: a loop asks again when it was answered.</summary>
internal sealed class ClosedLoop : IAsyncDisposable
{
    private readonly List<Dictionary<HostPort, KafkaConnection>> _lanes = [];

    private ClosedLoop()
    {
    }

    /// <summary>Opens every connection of every lane.</summary>
    /// <exception cref="KafkaConnectionException">A broker is not there; what was opened is closed again.</exception>
    public static async Task<ClosedLoop> OpenAsync(ClusterClient cluster, IEnumerable<HostPort> leaders, int lanes, CancellationToken token)
    {
        var loop = new ClosedLoop();
        try
        {
            HostPort[] distinct = [.. leaders.Distinct()];
            for (var index = 0; index < lanes; index++)
            {
                var lane = new Dictionary<HostPort, KafkaConnection>();
                loop._lanes.Add(lane);
                foreach (var leader in distinct)
                {
                    lane.Add(leader, await cluster.OpenAsync(leader, token));
                }
            }

            return loop;
        }
        catch
        {
            await loop.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs until every loop has nothing more to do; the first that fails stops the others.</summary>
    /// <param name="outstanding">Loops of each lane.</param>
    /// <param name="step">One request and its answer; false: there is nothing more to do.</param>
    /// <param name="token">Ends all loops.</param>
    public async Task RunAsync(int outstanding, Func<IReadOnlyDictionary<HostPort, KafkaConnection>, CancellationToken, Task<bool>> step, CancellationToken token)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        await Task.WhenAll(_lanes.SelectMany(lane => Enumerable.Range(0, outstanding).Select(_ => LoopAsync(lane, step, stop))));
    }

    /// <summary>Closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _lanes.SelectMany(lane => lane.Values))
        {
            await connection.DisposeAsync();
        }
    }

    private static async Task LoopAsync(
        Dictionary<HostPort, KafkaConnection> lane,
        Func<IReadOnlyDictionary<HostPort, KafkaConnection>, CancellationToken, Task<bool>> step,
        CancellationTokenSource stop)
    {
        await Task.Yield();
        try
        {
            while (!stop.IsCancellationRequested && await step(lane, stop.Token))
            {
            }
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }
}
