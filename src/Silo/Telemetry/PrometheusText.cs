using System.Buffers;
using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Actors.Silo.Telemetry;

/// <summary>Writes metrics in Prometheus' text format, version 0.0.4.</summary>
/// <remarks>
/// Source: Prometheus, "Exposition formats". Names are those of the instruments, with the characters that the format does
/// not have replaced by '_'; nothing is appended for units or totals, because dashboards know the names as they are.
/// </remarks>
/// <param name="output">Receives the text.</param>
/// <param name="hides">Whether a series is left out, by the name of its metric and its labels; null: all are written.</param>
public sealed class PrometheusText(IBufferWriter<byte> output, Func<string, ReadOnlyTagCollection, bool>? hides = null)
{
    /// <summary>The content type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes every metric; those that share a name stand together under one header, as the format demands.</summary>
    public void Write(IEnumerable<Metric> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        foreach (var family in metrics.GroupBy(metric => Name(metric.Name)).OrderBy(family => family.Key, StringComparer.Ordinal))
        {
            var first = family.First();
            if (TypeOf(first.MetricType) is not { } type) continue;
            if (!string.IsNullOrEmpty(first.Description)) Line($"# HELP {family.Key} {EscapeHelp(first.Description)}");
            Line($"# TYPE {family.Key} {type}");
            foreach (var metric in family.Where(metric => TypeOf(metric.MetricType) == type)) WritePoints(family.Key, metric);
        }
    }

    private static string? TypeOf(MetricType type) => type switch
    {
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => "gauge",
        MetricType.LongGauge or MetricType.DoubleGauge => "gauge",
        MetricType.Histogram => "histogram",
        _ => null,
    };

    private void WritePoints(string name, Metric metric)
    {
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            if (hides?.Invoke(metric.Name, point.Tags) == true) continue;
            var labels = Labels(point.Tags);
            switch (metric.MetricType)
            {
                case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                    Line($"{name}{Braces(labels)} {point.GetSumLong()}");
                    break;
                case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                    Line($"{name}{Braces(labels)} {Number(point.GetSumDouble())}");
                    break;
                case MetricType.LongGauge:
                    Line($"{name}{Braces(labels)} {point.GetGaugeLastValueLong()}");
                    break;
                case MetricType.DoubleGauge:
                    Line($"{name}{Braces(labels)} {Number(point.GetGaugeLastValueDouble())}");
                    break;
                default:
                    WriteHistogram(name, labels, in point);
                    break;
            }
        }
    }

    private void WriteHistogram(string name, string labels, ref readonly MetricPoint point)
    {
        var separator = labels.Length == 0 ? "" : ",";
        long upTo = 0;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            upTo += bucket.BucketCount;
            Line($"{name}_bucket{{{labels}{separator}le=\"{Number(bucket.ExplicitBound)}\"}} {upTo}");
        }

        Line($"{name}_sum{Braces(labels)} {Number(point.GetHistogramSum())}");
        Line($"{name}_count{Braces(labels)} {point.GetHistogramCount()}");
    }

    private static string Labels(ReadOnlyTagCollection tags)
    {
        if (tags.Count == 0) return "";
        var text = new StringBuilder();
        foreach (var tag in tags)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(Name(tag.Key)).Append("=\"");
            Escape(text, tag.Value is bool flag ? (flag ? "true" : "false") : Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "");
            text.Append('"');
        }

        return text.ToString();
    }

    private static string Braces(string labels) => labels.Length == 0 ? "" : $"{{{labels}}}";

    private static void Escape(StringBuilder text, string value)
    {
        foreach (var letter in value)
        {
            _ = letter switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(letter),
            };
        }
    }

    private static string EscapeHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Name(string name)
    {
        if (IsPlain(name)) return name;
        var text = new StringBuilder(name.Length + 1);
        if (char.IsAsciiDigit(name[0])) text.Append('_');
        foreach (var letter in name) text.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        return text.ToString();
    }

    private static bool IsPlain(string name)
    {
        if (char.IsAsciiDigit(name[0])) return false;
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter != '_') return false;
        }

        return true;
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private void Line(FormattableString line)
    {
        var text = line.ToString(CultureInfo.InvariantCulture);
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length) + 1);
        var written = Encoding.UTF8.GetBytes(text, span);
        span[written] = (byte)'\n';
        output.Advance(written + 1);
    }
}
