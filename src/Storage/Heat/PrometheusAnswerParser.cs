using System.Globalization;
using System.Text.Json;

namespace Actors.Storage.Heat;

/// <summary>Reads an answer's JSON piece by piece and keeps of it what is kept of an answer: one number a volume. It throws <see cref="JsonException"/> for what is no answer.</summary>
/// <param name="volumeLabel">The label that names the volume.</param>
/// <param name="maxSeries">An answer with more is refused as soon as it has them.</param>
internal sealed class PrometheusAnswerParser(string volumeLabel, int maxSeries)
{
    private readonly Dictionary<string, double> _values = [];
    private readonly HashSet<string> _twice = [];
    private JsonReaderState _state;
    private Place _place = Place.Document;
    private Member _member;
    private int? _skippedDepth;
    private string? _status, _errorType, _error, _resultType;
    private bool _hasResult, _hasMetric;
    private int _series, _leftOut, _parts;
    private string? _volume;
    private double? _value;

    private enum Place
    {
        Document,
        Answer,
        Data,
        Vector,
        Series,
        Labels,
        Sample,
    }

    private enum Member
    {
        Other,
        Status,
        ErrorType,
        Error,
        Data,
        ResultType,
        Vector,
        Metric,
        Value,
        Volume,
    }

    /// <summary>Whether the answer has more series than are read; the rest of it need not come.</summary>
    public bool HasTooManySeries => _series > maxSeries;

    /// <summary>Takes what has come.</summary>
    /// <param name="bytes">What has come and was not used yet.</param>
    /// <param name="isLast">Whether nothing comes after it.</param>
    /// <returns>How many of the bytes were used; the others belong to a token whose end has not come.</returns>
    public int Take(ReadOnlySpan<byte> bytes, bool isLast)
    {
        var json = new Utf8JsonReader(bytes, isLast, _state);
        while (!HasTooManySeries && json.Read()) Take(ref json);
        _state = json.CurrentState;
        return (int)json.BytesConsumed;
    }

    /// <summary>The answer, after its last byte.</summary>
    public PrometheusAnswer End()
    {
        if (HasTooManySeries)
            return PrometheusAnswer.Failed(FormattableString.Invariant($"the answer has more than {maxSeries} series; at most {maxSeries} are read"));
        if (_status is null) return PrometheusAnswer.Failed("the answer has no status");
        if (_status != "success") return PrometheusAnswer.Failed($"Prometheus says {_errorType}: {_error}");
        if (_resultType is not (null or "vector")) return PrometheusAnswer.Failed($"the answer is a {_resultType}, not a vector");
        if (!_hasResult) throw new JsonException("there is no result");
        foreach (var volume in _twice) _values.Remove(volume);
        return PrometheusAnswer.Of(_values, _leftOut + _twice.Count);
    }

    private void Take(ref Utf8JsonReader json)
    {
        if (_skippedDepth is { } depth)
        {
            if (json.CurrentDepth == depth && json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) _skippedDepth = null;
        }
        else if (json.TokenType == JsonTokenType.PropertyName)
        {
            _member = MemberOf(ref json);
        }
        else if (_place == Place.Document)
        {
            if (json.TokenType == JsonTokenType.StartObject) _place = Place.Answer;
            else Skip(ref json);
        }
        else if (_place == Place.Sample)
        {
            TakeSample(ref json);
        }
        else if (json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
        {
            Leave();
        }
        else if (_place == Place.Vector)
        {
            Expect(ref json, JsonTokenType.StartObject, "a series");
            (_place, _hasMetric, _volume, _value, _parts) = (Place.Series, false, null, null, 0);
            _series++;
        }
        else
        {
            TakeMember(ref json);
        }
    }

    private Member MemberOf(ref Utf8JsonReader json) => _place switch
    {
        Place.Answer when json.ValueTextEquals("status"u8) => Member.Status,
        Place.Answer when json.ValueTextEquals("data"u8) => Member.Data,
        Place.Answer when json.ValueTextEquals("errorType"u8) => Member.ErrorType,
        Place.Answer when json.ValueTextEquals("error"u8) => Member.Error,
        Place.Data when json.ValueTextEquals("resultType"u8) => Member.ResultType,
        Place.Data when json.ValueTextEquals("result"u8) => Member.Vector,
        Place.Series when json.ValueTextEquals("metric"u8) => Member.Metric,
        Place.Series when json.ValueTextEquals("value"u8) => Member.Value,
        Place.Labels when json.ValueTextEquals(volumeLabel) => Member.Volume,
        _ => Member.Other,
    };

    private void TakeMember(ref Utf8JsonReader json)
    {
        switch (_member)
        {
            case Member.Status:
                Expect(ref json, JsonTokenType.String, "status");
                _status = json.GetString();
                break;
            case Member.ErrorType when json.TokenType == JsonTokenType.String:
                _errorType = json.GetString();
                break;
            case Member.Error when json.TokenType == JsonTokenType.String:
                _error = json.GetString();
                break;
            case Member.Data when json.TokenType != JsonTokenType.Null:
                Expect(ref json, JsonTokenType.StartObject, "data");
                _place = Place.Data;
                break;
            case Member.ResultType when json.TokenType == JsonTokenType.String:
                _resultType = json.GetString();
                break;
            case Member.Vector when _resultType is null or "vector":
                Expect(ref json, JsonTokenType.StartArray, "result");
                (_place, _hasResult) = (Place.Vector, true);
                break;
            case Member.Metric:
                Expect(ref json, JsonTokenType.StartObject, "a metric");
                (_place, _hasMetric) = (Place.Labels, true);
                break;
            case Member.Value:
                Expect(ref json, JsonTokenType.StartArray, "a value");
                (_place, _parts) = (Place.Sample, 0);
                break;
            case Member.Volume:
                Expect(ref json, JsonTokenType.String, "a label");
                _volume = json.GetString();
                break;
            default:
                Skip(ref json);
                break;
        }
    }

    private void TakeSample(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.EndArray)
        {
            if (_parts != 2) throw new JsonException("a value is not a time and a number");
            _place = Place.Series;
            return;
        }

        Expect(ref json, _parts == 0 ? JsonTokenType.Number : JsonTokenType.String, "a value");
        if (++_parts != 2) return;
        // In escapes there would be no number.
        _value = double.TryParse(json.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value >= 0 ? value : null;
    }

    private void Leave()
    {
        if (_place == Place.Series) Keep();
        _place = _place switch
        {
            Place.Labels => Place.Series,
            Place.Series => Place.Vector,
            Place.Vector => Place.Data,
            Place.Data => Place.Answer,
            _ => Place.Document,
        };
    }

    private void Keep()
    {
        if (!_hasMetric || _parts != 2) throw new JsonException("a series has no labels or no value");
        if (string.IsNullOrEmpty(_volume) || _value is not { } value) _leftOut++;
        else if (!_values.TryAdd(_volume, value)) _twice.Add(_volume);
    }

    private void Skip(ref Utf8JsonReader json)
    {
        if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) _skippedDepth = json.CurrentDepth;
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType wanted, string what)
    {
        if (json.TokenType != wanted) throw new JsonException($"{what} is a {json.TokenType}, not a {wanted}");
    }
}
