using System.Diagnostics.Metrics;

namespace Actors.Runtime.Metrics;

/// <summary>
/// The runtime's instruments, in the meter <see cref="MeterName"/>. Calls and contention are counted exactly, in striped cells
/// that are read when somebody collects. Durations are recorded for every turn at ordinary rates and for a sample of them at
/// high ones (<see cref="Sampler"/>), because a recording costs more than a call; their counts are then those of the sample.
/// </summary>
public sealed class GrainMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Actors.Runtime";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<double> Microseconds = new()
    {
        HistogramBucketBoundaries = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000],
    };

    private readonly Lock _lock = new();
    private ClassMetrics[] _classes = [];
    private long _stallCount;

    /// <param name="meters">Makes the meter.</param>
    public GrainMetrics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        Meter meter = meters.Create(MeterName);
        meter.CreateObservableGauge("actors_grain_activations", ReadActivations, description: "Activations of a grain class.");
        meter.CreateObservableCounter("actors_grain_calls_total", ReadCalls, description: "Grain calls by class, method and outcome.");
        meter.CreateObservableGauge("actors_silo_view", () => View(), description: "Number of the cluster's view that this silo has; 0 while it has none, and where there is no cluster.");
        meter.CreateObservableCounter("lock_contention_count", ReadContention, description: "Times that a lock, or a grain's turn, had to be waited for.");
        Turn = meter.CreateHistogram("actors_grain_turn_seconds", "s", "How long a turn ran, in seconds.", tags: null, Seconds);
        Wait = meter.CreateHistogram("lock_acquisition_duration_us", "us", "Until a lock was taken, or a grain's turn came, in microseconds.", tags: null, Microseconds);
        Stalls = meter.CreateCounter<long>("actors_grain_stalls_total", description: "Turns that ran too long, and times that the thread pool was starved.");
    }

    internal Histogram<double> Turn { get; }

    internal Histogram<double> Wait { get; }

    internal Counter<long> Stalls { get; }

    /// <summary>How many stalls there have been.</summary>
    internal long StallCount => Volatile.Read(ref _stallCount);

    /// <summary>Reads the number of the cluster's view; set once, by the silo.</summary>
    internal Func<long> View { get; set; } = static () => 0;

    internal ClassMetrics Of(string type, Func<int> activations)
    {
        var added = new ClassMetrics(this, type, activations);
        lock (_lock)
        {
            _classes = [.. _classes, added];
        }

        return added;
    }

    /// <summary>A turn that runs too long, or a starved pool.</summary>
    internal void CountStall(string type, string method)
    {
        Interlocked.Increment(ref _stallCount);
        Stalls.Add(1, new KeyValuePair<string, object?>("type", type), new KeyValuePair<string, object?>("method", method));
    }

    private IEnumerable<Measurement<long>> ReadActivations()
    {
        foreach (ClassMetrics one in _classes)
        {
            yield return new Measurement<long>(one.Activations, one.TypeTag);
        }
    }

    private IEnumerable<Measurement<long>> ReadCalls()
    {
        foreach (ClassMetrics one in _classes)
        {
            foreach (CallCounters calls in one.Calls)
            {
                for (CallOutcome outcome = CallOutcome.Ok; outcome <= CallOutcome.Busy; outcome++)
                {
                    long count = calls.Read(outcome);
                    if (count > 0)
                    {
                        yield return new Measurement<long>(
                            count,
                            one.TypeTag,
                            new KeyValuePair<string, object?>("method", calls.Method.MethodName),
                            new KeyValuePair<string, object?>("outcome", Label(outcome)));
                    }
                }
            }
        }
    }

    private IEnumerable<Measurement<long>> ReadContention()
    {
        foreach (ClassMetrics one in _classes)
        {
            yield return new Measurement<long>(one.Contention.Value, one.LockTag);
        }
    }

    private static string Label(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Ok => "ok",
        CallOutcome.Error => "error",
        CallOutcome.Cancelled => "cancelled",
        CallOutcome.Timeout => "timeout",
        _ => "busy",
    };
}
