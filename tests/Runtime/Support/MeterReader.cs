using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Actors.Runtime.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Runtime.Tests.Support;

/// <summary>Reads the instruments of one silo's meter.</summary>
internal sealed class MeterReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, bool IsState, double Value, KeyValuePair<string, object?>[] Tags)> _measurements = new();

    public MeterReader(IServiceProvider services)
    {
        object scope = services.GetRequiredService<IMeterFactory>();
        _ = services.GetRequiredService<GrainMetrics>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == GrainMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, scope))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _measurements.Enqueue((instrument.Name, instrument.IsObservable, value, tags.ToArray())));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _measurements.Enqueue((instrument.Name, instrument.IsObservable, value, tags.ToArray())));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _measurements.Enqueue((instrument.Name, instrument.IsObservable, value, tags.ToArray())));
        _listener.Start();
    }

    /// <summary>The sum of an instrument's measurements with these tags; of an observable one, what it says now.</summary>
    public double Sum(string name, params (string Key, string Value)[] tags)
    {
        List<double> values = Values(name, tags);
        return values.Sum();
    }

    /// <summary>The measurements with these tags; of an observable instrument, what it says now.</summary>
    public List<double> Values(string name, params (string Key, string Value)[] tags)
    {
        var states = _measurements.Where(static one => !one.IsState).ToList();
        _measurements.Clear();
        states.ForEach(_measurements.Enqueue);
        _listener.RecordObservableInstruments();
        return _measurements
            .Where(one => one.Name == name && tags.All(tag => one.Tags.Any(own => own.Key == tag.Key && Equals(own.Value, tag.Value))))
            .Select(static one => one.Value)
            .ToList();
    }

    public void Dispose() => _listener.Dispose();
}
