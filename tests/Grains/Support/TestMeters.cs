using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Actors.Grains.Tests.Support;

/// <summary>A meter factory of its own, whose instruments a test can read.</summary>
public sealed class TestMeters : IMeterFactory
{
    private readonly ConcurrentBag<Meter> _meters = [];
    private readonly ConcurrentDictionary<string, double> _sums = new();
    private readonly MeterListener _listener = new();

    public TestMeters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_meters.Contains(instrument.Meter))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => Add(instrument, value));
    }

    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options.Name, options.Version, options.Tags, scope: this);
        _meters.Add(meter);
        _listener.Start();
        return meter;
    }

    /// <summary>How often an instrument has recorded.</summary>
    public double Count(string name) => _sums.GetValueOrDefault(name + "#count");

    /// <summary>The sum of what an instrument has recorded.</summary>
    public double Sum(string name) => _sums.GetValueOrDefault(name);

    /// <summary>What an observable instrument says now.</summary>
    public double Observe(string name)
    {
        _sums.TryRemove(name, out _);
        _listener.RecordObservableInstruments();
        return Sum(name);
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters)
            meter.Dispose();
    }

    private void Add(Instrument instrument, double value)
    {
        _sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
        _sums.AddOrUpdate(instrument.Name + "#count", 1, (_, count) => count + 1);
    }
}
