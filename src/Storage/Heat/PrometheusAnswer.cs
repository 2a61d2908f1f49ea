using System.Globalization;
using System.Text.Json;

namespace Actors.Storage.Heat;

/// <summary>An answer of Prometheus to an instant query, by volume.</summary>
/// <remarks>Source: Prometheus' HTTP API, /api/v1/query. What is NaN, infinite, without the label or there twice is left out: it is no data.</remarks>
public sealed class PrometheusAnswer
{
    private readonly Dictionary<string, double> _values;

    private PrometheusAnswer(Dictionary<string, double> values, int leftOut, string? error)
    {
        _values = values;
        LeftOut = leftOut;
        Error = error;
    }

    /// <summary>Series that say nothing of a volume.</summary>
    public int LeftOut { get; }

    /// <summary>Why there is no answer; null when there is one.</summary>
    public string? Error { get; }

    /// <summary>Volumes with a value.</summary>
    public int Count => _values.Count;

    /// <summary>A volume's value; null when there is none.</summary>
    public double? Find(string volume) => _values.TryGetValue(volume, out var value) ? value : null;

    /// <summary>An answer that did not come.</summary>
    public static PrometheusAnswer Failed(string error) => new([], 0, error);

    /// <summary>Reads an answer's body. It never throws: what cannot be read is an <see cref="Error"/>.</summary>
    /// <param name="body">JSON, within the bounds that the caller has for answers.</param>
    /// <param name="volumeLabel">The label that names the volume.</param>
    /// <param name="maxSeries">An answer with more is an error.</param>
    public static PrometheusAnswer Read(ReadOnlyMemory<byte> body, string volumeLabel, int maxSeries)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("status", out var status)) return Failed("the answer has no status");
            if (status.GetString() != "success")
                return Failed($"Prometheus says {Text(root, "errorType")}: {Text(root, "error")}");
            var data = root.GetProperty("data");
            if (Text(data, "resultType") is not "vector" and var type) return Failed($"the answer is a {type}, not a vector");
            var result = data.GetProperty("result");
            if (result.GetArrayLength() > maxSeries) return Failed(FormattableString.Invariant($"the answer has {result.GetArrayLength()} series; at most {maxSeries} are read"));
            return Read(result, volumeLabel);
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return Failed($"the answer cannot be read: {unreadable.Message}");
        }
    }

    private static PrometheusAnswer Read(JsonElement result, string volumeLabel)
    {
        var values = new Dictionary<string, double>();
        var twice = new HashSet<string>();
        var leftOut = 0;
        foreach (var series in result.EnumerateArray())
        {
            var volume = Text(series.GetProperty("metric"), volumeLabel);
            var pair = series.GetProperty("value");
            if (pair.GetArrayLength() != 2) throw new JsonException("a value is not a time and a number");
            var text = pair[1].GetString();
            if (string.IsNullOrEmpty(volume) || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value) || value < 0)
                leftOut++;
            else if (!values.TryAdd(volume, value))
                twice.Add(volume);
        }

        foreach (var volume in twice)
            values.Remove(volume);
        return new PrometheusAnswer(values, leftOut + twice.Count, null);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
