using System.Diagnostics.Metrics;

namespace Actors.Dashboard;

/// <summary>How many grains of each class are awake on this silo, as its own metric says.</summary>
public static class ActivationCounts
{
    private const string Instrument = "actors_grain_activations";

    /// <summary>Reads the metric now; classes without an activation are left out.</summary>
    /// <returns>In the order of the classes' names.</returns>
    public static SortedDictionary<string, long> Read()
    {
        SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Name == Instrument) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => Add(counts, value, tags));
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => Add(counts, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();
        return counts;
    }

    private static void Add(SortedDictionary<string, long> counts, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var tag in tags)
        {
            if (tag.Key != "type" || value == 0 || tag.Value is not string type) continue;
            counts[type] = counts.GetValueOrDefault(type) + value;
        }
    }
}
