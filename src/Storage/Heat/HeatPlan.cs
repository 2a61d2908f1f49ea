using System.Text.RegularExpressions;
using Actors.Storage.Policies;

namespace Actors.Storage.Heat;

/// <summary>What to ask Prometheus in a round: it depends on the expressions and windows alone, however many policies and volumes there are.</summary>
public static partial class HeatPlan
{
    /// <summary>One entry for each window of an enabled policy, shortest first.</summary>
    /// <exception cref="ArgumentException">A metric or label is not a name of Prometheus.</exception>
    public static IReadOnlyList<HeatQuery> Of(IEnumerable<StoragePolicySpec> policies, HeatOptions options) =>
        [.. policies.Where(policy => policy.Enabled).Select(policy => policy.SamplingWindow).Distinct().Order().Select(window => Query(window, options))];

    /// <summary>The texts to send, each once.</summary>
    public static IReadOnlyList<string> Texts(IEnumerable<HeatQuery> queries) =>
        [.. queries.SelectMany(query => (string[])[query.Iops, query.Coverage, query.Age]).Distinct()];

    private static HeatQuery Query(TimeSpan window, HeatOptions options)
    {
        if (options.Metrics.Count == 0 || options.Metrics.Append(options.VolumeLabel).FirstOrDefault(name => !Name().IsMatch(name)) is not null)
            throw new ArgumentException($"not names of Prometheus: {string.Join(", ", options.Metrics.Append(options.VolumeLabel))}", nameof(options));
        var range = FormattableString.Invariant($"[{(long)window.TotalSeconds}s]");
        var function = options.Kind == HeatMetricKind.Counter ? "rate" : "avg_over_time";
        var by = $"by ({options.VolumeLabel})";
        // rate and avg_over_time drop the metric's name, so of several metrics each is taken by itself and told apart by a label.
        var iops = Union(metric => $"{function}({metric}{range})");
        var samples = Union(metric => $"count_over_time({metric}{range})");
        var ages = Union(metric => $"time() - timestamp({metric})");
        return new HeatQuery(window, $"sum {by} ({iops})", $"min {by} ({samples})", $"max {by} ({ages})");

        string Union(Func<string, string> one) => options.Metrics.Count == 1
            ? one(options.Metrics[0])
            : string.Join(" or ", options.Metrics.Select(metric => $"label_replace({one(metric)}, \"heat_metric\", \"{metric}\", \"\", \"\")"));
    }

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]*\z")]
    private static partial Regex Name();
}
