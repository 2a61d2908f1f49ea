using System.Diagnostics.Metrics;

namespace Actors.Grains.Tests.Support;

/// <summary>A meter factory of one test, and what its instruments have measured; any thread may measure.</summary>
public sealed class TestMeters : IMeterFactory
{
    private readonly Lock _gate = new();
    private readonly List<Meter> _meters = [];
    private readonly List<Measured> _seen = [];
    private readonly MeterListener _listener = new();

    public TestMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == this)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        _listener.Start();
    }

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options.Name, options.Version, options.Tags, scope: this);
        lock (_gate)
            _meters.Add(meter);
        return meter;
    }

    /// <summary>Sum of what an instrument was given, with this tag when one is named.</summary>
    public double Sum(string name, string? tag = null, string? value = null) =>
        With(name, tag, value).Sum(seen => seen.Value);

    /// <summary>How often an instrument was given something, with this tag when one is named.</summary>
    public int Count(string name, string? tag = null, string? value = null) => With(name, tag, value).Count();

    /// <summary>What an observable instrument says now, for each of its tags.</summary>
    public Measured[] Look(string name)
    {
        lock (_gate)
            _seen.RemoveAll(seen => seen.Name == name);
        _listener.RecordObservableInstruments();
        return Of(name);
    }

    /// <summary>The sum of what an observable instrument says now.</summary>
    public double Observe(string name) => Look(name).Sum(seen => seen.Value);

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters)
            meter.Dispose();
    }

    private IEnumerable<Measured> With(string name, string? tag, string? value) =>
        Of(name).Where(seen => tag is null || seen.Tags.Any(each => each.Key == tag && Equals(each.Value?.ToString(), value)));

    private Measured[] Of(string name)
    {
        lock (_gate)
            return [.. _seen.Where(seen => seen.Name == name)];
    }

    private void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var measured = new Measured(instrument.Name, value, tags.ToArray());
        lock (_gate)
            _seen.Add(measured);
    }

    /// <summary>One value that an instrument was given.</summary>
    public sealed record Measured(string Name, double Value, IReadOnlyList<KeyValuePair<string, object?>> Tags);
}
