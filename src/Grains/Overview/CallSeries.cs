namespace Actors.Grains.Overview;

/// <summary>The calls of one method of one grain class on this silo. Safe for use from any thread.</summary>
/// <remarks>Threads of different processors count apart, so that they do not wait for each other's cache lines; what a processor never counts costs nothing.</remarks>
internal sealed class CallSeries(string type, string method)
{
    private const int MaxStripes = 8;

    private static readonly int StripeCount = (int)Math.Min(MaxStripes, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    private readonly CallStripe?[] _stripes = new CallStripe?[StripeCount];

    /// <summary>Where this thread counts now; a call's end may be counted elsewhere than its beginning.</summary>
    public CallStripe Here
    {
        get
        {
            ref var place = ref _stripes[Thread.GetCurrentProcessorId() & (StripeCount - 1)];
            return Volatile.Read(ref place) ?? Make(ref place);
        }
    }

    /// <summary>The sums.</summary>
    /// <param name="window">The number of the window of this moment.</param>
    public CallReport Read(long window)
    {
        var report = new CallReport { Type = type, Method = method };
        foreach (var stripe in _stripes)
        {
            if (stripe is not null) report = stripe.AddTo(report, window);
        }

        // A call that goes from one stripe to another while they are read may be counted in neither.
        return report with { InFlight = Math.Max(0, report.InFlight) };
    }

    private static CallStripe Make(ref CallStripe? place)
    {
        var made = new CallStripe();
        return Interlocked.CompareExchange(ref place, made, null) ?? made;
    }
}
