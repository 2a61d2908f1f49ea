using System.Text.RegularExpressions;
using Actors.Storage.Policies;

namespace Actors.Storage.Heat;

/// <summary>What to ask Prometheus in a round: it depends on the expressions and windows alone, however many policies and volumes there are.</summary>
public static partial class HeatPlan
{
    /// <summary>One entry for each window of an enabled policy, shortest first.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Check"/>.</exception>
    public static IReadOnlyList<HeatQuery> Of(IEnumerable<StoragePolicySpec> policies, HeatOptions options) =>
        [.. policies.Where(policy => policy.Enabled).Select(policy => policy.SamplingWindow).Distinct().Order().Select(window => Query(window, options))];

    /// <summary>The texts to send, each once.</summary>
    public static IReadOnlyList<string> Texts(IEnumerable<HeatQuery> queries) =>
        [.. queries.SelectMany(query => (string[])[query.Iops, query.Coverage, query.Age]).Distinct()];

    /// <summary>Looks at the names, so that a wrong one is found at start and not in the first round.</summary>
    /// <exception cref="ArgumentException">A metric or label is not a name of Prometheus, is there twice, or there is no metric.</exception>
    public static void Check(HeatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var wrong = options.Metrics.Append(options.VolumeLabel).Where(name => !Name().IsMatch(name))
            .Concat(options.Metrics.GroupBy(name => name).Where(twice => twice.Count() > 1).Select(twice => $"{twice.Key} twice")).ToList();
        if (options.Metrics.Count == 0) wrong.Add("no metric at all");
        if (wrong.Count > 0) throw new ArgumentException($"not names of metrics and a label of Prometheus: {string.Join(", ", wrong)}", nameof(options));
    }

    private static HeatQuery Query(TimeSpan window, HeatOptions options)
    {
        Check(options);
        var range = FormattableString.Invariant($"[{(long)window.TotalSeconds}s]");
        var function = options.Kind == HeatMetricKind.Counter ? "rate" : "avg_over_time";
        var by = $"by ({options.VolumeLabel})";
        // rate and avg_over_time drop the metric's name, so of several metrics each is taken by itself and told apart by a label.
        var iops = Union(metric => $"{function}({metric}{range})");
        var samples = Union(metric => $"count_over_time({metric}{range})");
        var ages = Union(metric => $"time() - timestamp({metric})");
        return new HeatQuery(window, $"sum {by} ({iops})", $"min {by} ({samples}){Whole(samples)}", $"max {by} ({ages}){Whole(ages)}");

        string Union(Func<string, string> one) => options.Metrics.Count == 1
            ? one(options.Metrics[0])
            : string.Join(" or ", options.Metrics.Select(metric => $"label_replace({one(metric)}, \"heat_metric\", \"{metric}\", \"\", \"\")"));

        // A volume of which one metric is missing has a sum, and it is too small: so there is to be no coverage and no age of it.
        string Whole(string all) => options.Metrics.Count == 1
            ? ""
            : FormattableString.Invariant($" and count {by} (group by ({options.VolumeLabel}, heat_metric) ({all})) == {options.Metrics.Count}");
    }

    [GeneratedRegex(@"\A[a-zA-Z_][a-zA-Z0-9_]*\z")]
    private static partial Regex Name();
}
