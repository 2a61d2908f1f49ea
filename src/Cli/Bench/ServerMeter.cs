using System.Globalization;
using Actors.Cli.Cluster;
using Actors.Cli.Status;

namespace Actors.Cli.Bench;

/// <summary>Measures from outside what a silo's process takes: its own <c>/metrics</c>, before and after.</summary>
internal sealed class ServerMeter : IDisposable
{
    private const string CpuSeconds = "process_cpu_seconds_total";
    private const string ResidentBytes = "process_resident_memory_bytes";

    private readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly string _address;
    private readonly TimeProvider _time;
    private double _cpuSeconds;
    private long _begun;

    private ServerMeter(string address, TimeProvider time) => (_address, _time) = (address, time);

    /// <summary>The meter of a silo of this cluster.</summary>
    /// <returns>The meter, or null with sentences that say why there is none: a foreign broker, or a wrong address.</returns>
    public static async Task<(ServerMeter? Meter, IReadOnlyList<string> Reasons)> FindAsync(
        ClusterClient cluster, IReadOnlyList<HostPort> http, TimeProvider time, CancellationToken token)
    {
        var metadata = await cluster.GetMetadataAsync([], token);
        var brokers = metadata.Brokers.Select(broker => new HostPort(broker.Host, broker.Port).ToString()).ToHashSet(StringComparer.Ordinal);
        var (silos, reasons) = await SiloDirectory.AskAsync(http, brokers, time, token);
        var silo = silos?.FirstOrDefault(silo => silo.Http is not null && silo.Kafka is { } kafka && brokers.Contains(kafka));
        return (silo is null ? null : new ServerMeter(silo.Http!, time), reasons);
    }

    /// <summary>Begins to measure.</summary>
    public async Task BeginAsync(CancellationToken token)
    {
        (_cpuSeconds, _) = await ReadAsync(token);
        _begun = _time.GetTimestamp();
    }

    /// <summary>What was taken since the beginning; null when the silo does not tell.</summary>
    public async Task<ServerCost?> EndAsync(CancellationToken token)
    {
        var seconds = _time.GetElapsedTime(_begun).TotalSeconds;
        var (cpuSeconds, residentBytes) = await ReadAsync(token);
        return double.IsNaN(cpuSeconds - _cpuSeconds + residentBytes)
            ? null
            : new ServerCost(_address, Math.Round(100 * (cpuSeconds - _cpuSeconds) / seconds, 2), Math.Round(residentBytes / 1e6, 1));
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<(double CpuSeconds, double ResidentBytes)> ReadAsync(CancellationToken token)
    {
        using var deadline = new CancellationTokenSource(SiloDirectory.Timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
        try
        {
            var text = await _client.GetStringAsync(new Uri($"http://{_address}/metrics"), linked.Token);
            return (ValueOf(text, CpuSeconds), ValueOf(text, ResidentBytes));
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !token.IsCancellationRequested))
        {
            return (double.NaN, double.NaN);
        }
    }

    /// <summary>The sample without labels of a metric; not a number when there is none.</summary>
    private static double ValueOf(string metrics, string name)
    {
        foreach (var line in metrics.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] == ' ')
            {
                return double.TryParse(line[(name.Length + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;
            }
        }

        return double.NaN;
    }
}
