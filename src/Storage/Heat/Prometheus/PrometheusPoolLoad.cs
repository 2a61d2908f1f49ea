using Actors.Storage.Load;

namespace Actors.Storage.Heat.Prometheus;

/// <summary>What an expression of Prometheus says of pools: its series name the pool in their label <c>pool</c>, and their values are bytes per second.</summary>
/// <param name="source">What is asked; answers that are there are used again, as for heat.</param>
/// <param name="expression">Such as <c>sum by (pool) (rate(disk_pool_bytes[1m]))</c>.</param>
public sealed class PrometheusPoolLoad(PrometheusHeatSource source, string expression) : IPoolLoadSource
{
    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, long>> ReadAsync(CancellationToken stopping)
    {
        var answer = await source.AskAsync($"label_replace(({expression}), \"{source.SubjectLabel}\", \"$1\", \"pool\", \"(.+)\")", stopping).ConfigureAwait(false);
        return answer.Values.Where(static pair => pair.Value >= 0).ToDictionary(static pair => pair.Key, static pair => (long)Math.Min(pair.Value, long.MaxValue / 2), StringComparer.Ordinal);
    }
}
