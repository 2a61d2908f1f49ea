using Orleans;
using Orleans.Runtime;

namespace Actors.Member.Counts;

/// <summary>Placed by hash; it moves when its silo goes, and goes on with the count that is stored.</summary>
[GrainType("member.counter")]
public sealed class CounterGrain([PersistentState("counter")] IPersistentState<CounterState> counter) : Grain, ICounterGrain
{
    /// <inheritdoc/>
    public Task Add()
    {
        counter.State.Count++;
        return counter.WriteStateAsync();
    }
}
