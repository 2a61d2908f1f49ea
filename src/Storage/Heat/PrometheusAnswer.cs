using System.Buffers;
using System.Text.Json;

namespace Actors.Storage.Heat;

/// <summary>An answer of Prometheus to an instant query, by volume.</summary>
/// <remarks>Source: Prometheus' HTTP API, /api/v1/query. What is NaN, infinite, without the label or there twice is left out: it is no data.</remarks>
public sealed class PrometheusAnswer
{
    private const int FirstBufferBytes = 64 * 1024;

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

    /// <summary>Every volume's value.</summary>
    public IReadOnlyDictionary<string, double> Values => _values;

    /// <summary>A volume's value; null when there is none.</summary>
    public double? Find(string volume) => _values.TryGetValue(volume, out var value) ? value : null;

    /// <summary>An answer that did not come.</summary>
    public static PrometheusAnswer Failed(string error) => new([], 0, error);

    /// <summary>Reads an answer's body. It never throws: what cannot be read is an <see cref="Error"/>.</summary>
    /// <param name="body">JSON.</param>
    /// <param name="volumeLabel">The label that names the volume.</param>
    /// <param name="maxSeries">An answer with more is an error.</param>
    public static PrometheusAnswer Read(ReadOnlySpan<byte> body, string volumeLabel, int maxSeries)
    {
        try
        {
            var parser = new PrometheusAnswerParser(volumeLabel, maxSeries);
            parser.Take(body, isLast: true);
            return parser.End();
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException) // the second one for a string that is no text
        {
            return Unreadable(unreadable);
        }
    }

    /// <summary>Reads an answer's body as it comes, holding no more of it than the token that is being read.</summary>
    /// <param name="body">JSON.</param>
    /// <param name="volumeLabel">The label that names the volume.</param>
    /// <param name="maxSeries">An answer with more is an error, and the rest of it is not read.</param>
    /// <param name="maxBytes">So is a longer one.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="IOException">The body broke off.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="token"/> was cancelled.</exception>
    public static async Task<PrometheusAnswer> ReadAsync(Stream body, string volumeLabel, int maxSeries, long maxBytes, CancellationToken token)
    {
        var parser = new PrometheusAnswerParser(volumeLabel, maxSeries);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            var held = 0;
            for (long bytes = 0; ;)
            {
                if (held == buffer.Length) buffer = Grow(buffer);
                var read = await body.ReadAsync(buffer.AsMemory(held), token).ConfigureAwait(false);
                held += read;
                if ((bytes += read) > maxBytes)
                    return Failed(FormattableString.Invariant($"the answer is longer than {maxBytes} bytes; look whether the metrics' names are those of volumes"));
                var used = parser.Take(buffer.AsSpan(0, held), isLast: read == 0);
                if (read == 0 || parser.HasTooManySeries) return parser.End();
                buffer.AsSpan(used, held - used).CopyTo(buffer);
                held -= used;
            }
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException) // the second one for a string that is no text
        {
            return Unreadable(unreadable);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>An answer that was read.</summary>
    internal static PrometheusAnswer Of(Dictionary<string, double> values, int leftOut) => new(values, leftOut, null);

    private static PrometheusAnswer Unreadable(Exception why) => Failed($"the answer cannot be read: {why.Message}");

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
