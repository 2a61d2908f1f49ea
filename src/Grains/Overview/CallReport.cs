using Orleans;

namespace Actors.Grains.Overview;

/// <summary>The calls of one method of one grain class: counts since the silos started, durations of the last half to whole minute.</summary>
[GenerateSerializer, Immutable, Alias("actors.overview.calls")]
public sealed record CallReport
{
    /// <summary>The grain class.</summary>
    [Id(0)] public required string Type { get; init; }

    /// <summary>The method.</summary>
    [Id(1)] public required string Method { get; init; }

    /// <summary>Calls that ended with a result.</summary>
    [Id(2)] public long Ok { get; init; }

    /// <summary>Calls that ended with an exception.</summary>
    [Id(3)] public long Errors { get; init; }

    /// <summary>Calls that ended because they were cancelled.</summary>
    [Id(4)] public long Cancelled { get; init; }

    /// <summary>Calls that have begun and not ended.</summary>
    [Id(5)] public long InFlight { get; init; }

    /// <summary>From the beginning of the call's first turn to its end, without the wait in the mailbox; at high rates, of a sample of the calls.</summary>
    [Id(6)] public Latencies Latencies { get; init; } = Latencies.None;

    /// <summary>Both together: the same method on another silo.</summary>
    public CallReport Add(CallReport other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with
        {
            Ok = Ok + other.Ok,
            Errors = Errors + other.Errors,
            Cancelled = Cancelled + other.Cancelled,
            InFlight = InFlight + other.InFlight,
            Latencies = Latencies.Add(other.Latencies),
        };
    }
}
