using Orleans;

namespace Actors.Member.Counts;

/// <summary>Counts, and stores its count.</summary>
[Alias("member.counters")]
public interface ICounterGrain : IGrainWithStringKey
{
    /// <summary>Adds one, and completes when that is stored.</summary>
    [Alias("add")]
    Task Add();
}
