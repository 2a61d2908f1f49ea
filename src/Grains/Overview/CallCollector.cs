using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <summary>
/// A call filter that counts the calls that arrive at this silo's grains, by grain class and method, and times them: all of them at
/// ordinary rates, and a sample at high ones, because two readings of the clock cost more than a local call. Safe for use from any thread.
/// </summary>
/// <remarks>Memory is bounded: beyond <see cref="MaxSeries"/> methods, the calls of further ones are counted together as <see cref="Others"/>.</remarks>
public sealed class CallCollector : IIncomingGrainCallFilter, IDisposable
{
    /// <summary>How many methods are told apart; each takes at most 16 KiB.</summary>
    public const int MaxSeries = 512;

    /// <summary>Stands for class and method of those that are not told apart.</summary>
    public const string Others = "(others)";

    /// <summary>What the types of Orleans' own parts begin with (its system targets, such as the directory); they are called as grains are.</summary>
    public const string RuntimesOwn = "sys.svc.";

    /// <summary>A turn that keeps its thread for so long is a stall.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(1);

    private const long Untimed = long.MinValue;

    /// <summary>Places of the table in front of the dictionary; a power of two, and twice as many as there are series, so that few share one.</summary>
    private const int Places = 2 * MaxSeries;

    private static readonly TimeSpan EpochLength = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(GrainType Type, MethodInfo Method), CallSeries> _series = new();
    private readonly KnownSeries?[] _known = new KnownSeries?[Places];
    private readonly CallSeries _others = new(Others, Others);
    private readonly TimeProvider _time;
    private readonly ITimer _epochs;
    private readonly long _origin;
    private int _seriesCount;
    private int _epoch = 1;
    private long _stalls;

    /// <param name="time">The clock.</param>
    public CallCollector(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _origin = time.GetTimestamp();
        using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _epochs = time.CreateTimer(static self => Interlocked.Increment(ref ((CallCollector)self!)._epoch), this, EpochLength, EpochLength);
    }

    /// <summary>First turns of timed calls that kept their thread for longer than <see cref="StallLimit"/>; counted when they end.</summary>
    public long Stalls => Volatile.Read(ref _stalls);

    /// <inheritdoc/>
    public Task Invoke(IIncomingGrainCallContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var series = SeriesOf(context);
        var stripe = series.Here;
        stripe.Begin();
        var started = stripe.IsTimed(Volatile.Read(ref _epoch)) ? _time.GetTimestamp() : Untimed;
        Task call;
        try
        {
            call = context.Invoke();
        }
        catch (Exception failure)
        {
            End(stripe, started, failure, wasOneTurn: true);
            throw;
        }

        if (call.IsCompletedSuccessfully)
        {
            End(stripe, started, failure: null, wasOneTurn: true);
            return call;
        }

        if (started != Untimed && _time.GetElapsedTime(started) >= StallLimit) Interlocked.Increment(ref _stalls);
        return AwaitAsync(call, series, started);
    }

    /// <inheritdoc/>
    public void Dispose() => _epochs.Dispose();

    /// <summary>What has been counted, by class and method; calls of the runtime's own parts are left out.</summary>
    public IReadOnlyList<CallReport> Read()
    {
        var window = WindowAt(_time.GetTimestamp());
        CallReport[] reports = [.. _series.Values.Append(_others).Select(series => series.Read(window))];
        return [.. reports
            .Where(static report => report.Ok + report.Errors + report.Cancelled + report.InFlight > 0 && !report.Type.StartsWith(RuntimesOwn, StringComparison.Ordinal))
            .GroupBy(static report => (report.Type, report.Method))
            .Select(static group => group.Aggregate(static (sum, report) => sum.Add(report)))
            .OrderBy(static report => report.Type, StringComparer.Ordinal)
            .ThenBy(static report => report.Method, StringComparer.Ordinal)];
    }

    /// <summary>A method's series, mostly without the dictionary and its hash of two parts.</summary>
    private CallSeries SeriesOf(IIncomingGrainCallContext context)
    {
        var (type, method) = (context.TargetId.Type, context.InterfaceMethod);
        ref var place = ref _known[(RuntimeHelpers.GetHashCode(method) ^ type.GetHashCode()) & (Places - 1)];
        var known = Volatile.Read(ref place);
        if (known is not null && ReferenceEquals(known.Method, method) && known.Type.Equals(type)) return known.Series;
        var series = _series.TryGetValue((type, method), out var found) ? found : AddSeries((type, method), context.MethodName);

        // The first to come keeps the place: two that share one must not replace each other at every call.
        if (known is null) Volatile.Write(ref place, new(type, method, series));
        return series;
    }

    private CallSeries AddSeries((GrainType Type, MethodInfo Method) key, string method)
    {
        if (Volatile.Read(ref _seriesCount) >= MaxSeries) return _others;
        var made = new CallSeries(key.Type.ToString()!, method);
        var series = _series.GetOrAdd(key, made);
        if (ReferenceEquals(series, made)) Interlocked.Increment(ref _seriesCount);
        return series;
    }

    private async Task AwaitAsync(Task call, CallSeries series, long started)
    {
        try
        {
            await call;
        }
        catch (Exception failure)
        {
            End(series.Here, started, failure, wasOneTurn: false);
            throw;
        }

        End(series.Here, started, failure: null, wasOneTurn: false);
    }

    private void End(CallStripe stripe, long started, Exception? failure, bool wasOneTurn)
    {
        stripe.End(failure);
        if (started == Untimed) return;
        var now = _time.GetTimestamp();
        var elapsed = _time.GetElapsedTime(started, now);
        if (wasOneTurn && elapsed >= StallLimit) Interlocked.Increment(ref _stalls);
        stripe.Record(elapsed.Ticks / TimeSpan.TicksPerMicrosecond, WindowAt(now));
    }

    private long WindowAt(long timestamp) => (long)_time.GetElapsedTime(_origin, timestamp).TotalMilliseconds / CallStripe.WindowMs;

    private sealed record KnownSeries(GrainType Type, MethodInfo Method, CallSeries Series);
}
