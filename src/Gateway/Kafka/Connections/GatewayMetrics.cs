using System.Diagnostics.Metrics;
using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>What the Kafka front end measures. Thread-safe; a request costs one interlocked addition.</summary>
public sealed class GatewayMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Actors.Gateway.Kafka";

    private const int ErrorBase = 1;
    private const int Errors = 160;
    private static readonly KeyValuePair<string, object?>[] AcksTags = [new("acks", "all"), new("acks", "0"), new("acks", "1")];
    private readonly long[]?[] _answered = new long[]?[128];
    private readonly Histogram<double> _produceLatency;
    private int _connections;

    /// <summary>Creates the instruments.</summary>
    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _produceLatency = meter.CreateHistogram<double>("produce_end_to_end_latency_ms", "ms", "Produce requests, from request read to response written, in milliseconds.");
        meter.CreateObservableGauge("actors_kafka_connections", () => Volatile.Read(ref _connections), null, "Open Kafka connections.");
        meter.CreateObservableCounter("actors_kafka_requests_total", ReadAnswered, null, "Kafka requests by API and error.");
        foreach (var api in ApiTable.All)
        {
            _answered[(int)api.Key] = new long[Errors];
        }
    }

    /// <summary>Open connections.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>A connection was opened.</summary>
    /// <returns>How many there are now.</returns>
    public int Opened() => Interlocked.Increment(ref _connections);

    /// <summary>A connection was closed.</summary>
    public void Closed() => Interlocked.Decrement(ref _connections);

    /// <summary>A request has its answer.</summary>
    public void Answered(ApiKey api, ErrorCode error)
    {
        var index = Math.Clamp((int)error + ErrorBase, 0, Errors - 1);
        if (_answered[(int)api] is { } counts)
        {
            Interlocked.Increment(ref counts[index]);
        }
    }

    /// <summary>A produce response was handed to the socket.</summary>
    public void ProduceWritten(short acks, TimeSpan latency)
    {
        if (_produceLatency.Enabled)
        {
            _produceLatency.Record(latency.TotalMilliseconds, AcksTags[acks is 0 or 1 ? acks + 1 : 0]);
        }
    }

    private IEnumerable<Measurement<long>> ReadAnswered()
    {
        for (var api = 0; api < _answered.Length; api++)
        {
            for (var index = 0; _answered[api] is { } counts && index < Errors; index++)
            {
                if (Volatile.Read(ref counts[index]) is > 0 and var count)
                {
                    yield return new Measurement<long>(count, new("api", ((ApiKey)api).ToString()), new("error", ((ErrorCode)(index - ErrorBase)).ToString()));
                }
            }
        }
    }
}
