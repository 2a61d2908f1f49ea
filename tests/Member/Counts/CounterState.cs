using Orleans;

namespace Actors.Member.Counts;

/// <summary>What is stored of a counter.</summary>
[GenerateSerializer, Alias("member.CounterState")]
public sealed class CounterState
{
    /// <summary>How often one was added.</summary>
    [Id(0)]
    public long Count { get; set; }
}
