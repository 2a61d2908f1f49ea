using Microsoft.Extensions.Logging;

namespace Actors.Gateway.Kafka;

/// <summary>
/// Tells the log of what clients are answered with an error that is the broker's own. Clients ask again and again, so of each kind
/// one line passes in ten seconds, with the number of those that did not.
/// </summary>
/// <remarks>Safe to use from any thread.</remarks>
public sealed class OutageLog(ILogger<OutageLog> logger, TimeProvider time)
{
    private readonly Gate _reads = new(time);
    private readonly Gate _searches = new(time);
    private readonly Gate _producerIds = new(time);

    /// <summary>Records could not be read for a fetch.</summary>
    public void ReadFailed(string? topic, int partition, long offset, Exception failure)
    {
        if (_reads.TryPass(out var untold))
            GatewayLog.ReadFailed(logger, topic, partition, offset, untold, failure);
    }

    /// <summary>An offset could not be looked up because the partition's files cannot be read.</summary>
    public void SearchFailed(string topic, int partition, long timestampMs)
    {
        if (_searches.TryPass(out var untold))
            GatewayLog.SearchFailed(logger, topic, partition, timestampMs, untold);
    }

    /// <summary>No producer id could be given.</summary>
    public void NoProducerId(Exception failure)
    {
        if (_producerIds.TryPass(out var untold))
            GatewayLog.NoProducerId(logger, untold, failure);
    }

    private sealed class Gate(TimeProvider time)
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
        private readonly Lock _gate = new();
        private long? _lastTimestamp;
        private int _untold;

        public bool TryPass(out int untold)
        {
            lock (_gate)
            {
                var now = time.GetTimestamp();
                untold = _untold;
                if (_lastTimestamp is { } last && time.GetElapsedTime(last, now) < Pause)
                {
                    _untold++;
                    return false;
                }

                (_lastTimestamp, _untold) = (now, 0);
                return true;
            }
        }
    }
}
