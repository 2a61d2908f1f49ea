using System.Diagnostics.Metrics;

namespace Actors.Grains.Tests.Groups;

/// <summary>Meters of one test, and what they have measured.</summary>
internal sealed class TestMeters : IMeterFactory
{
    private readonly List<Meter> _meters = [];
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> _seen = [];

    public TestMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Contains(instrument.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.Start();
    }

    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <summary>Sum of what a counter or histogram was given, with this tag when one is named.</summary>
    public double Sum(string name, string? tag = null, string? value = null)
    {
        lock (_seen)
            return _seen.Where(seen => seen.Name == name && Has(seen.Tags, tag, value)).Sum(seen => seen.Value);
    }

    /// <summary>How often an instrument was given something.</summary>
    public int Count(string name)
    {
        lock (_seen)
            return _seen.Count(seen => seen.Name == name);
    }

    /// <summary>What a gauge says now.</summary>
    public (double Value, KeyValuePair<string, object?>[] Tags)[] Look(string name)
    {
        lock (_seen)
        {
            _seen.RemoveAll(seen => seen.Name == name);
            _listener.RecordObservableInstruments();
            return [.. _seen.Where(seen => seen.Name == name).Select(seen => (seen.Value, seen.Tags))];
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters)
            meter.Dispose();
    }

    private static bool Has(KeyValuePair<string, object?>[] tags, string? tag, string? value) =>
        tag is null || tags.Any(each => each.Key == tag && Equals(each.Value?.ToString(), value));

    private void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_seen)
            _seen.Add((instrument.Name, value, tags.ToArray()));
    }
}
