using System.Collections.Concurrent;
using System.Globalization;
using Orleans;

namespace Actors.Member.Counts;

/// <summary>Counts in counters, and knows how many of its counts they have acknowledged.</summary>
internal sealed class Tally(IGrainFactory grains)
{
    private readonly ConcurrentDictionary<string, long> _acknowledged = [];

    /// <summary>Adds one to a counter.</summary>
    public async Task CountAsync(string key)
    {
        await grains.GetGrain<ICounterGrain>(key).Add();
        _acknowledged.AddOrUpdate(key, 1, static (_, count) => count + 1);
    }

    /// <summary>Each counter with its number of acknowledged counts: <c>counter-1=17 counter-2=16</c>.</summary>
    public override string ToString() => string.Join(' ', _acknowledged.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));
}
