using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Stores;

/// <summary>Counts in stored state.</summary>
[GrainType("test.silo.counter")]
public sealed class CounterGrain([PersistentState("counter")] IPersistentState<CounterState> state) : Grain, ICounterGrain
{
    public async Task<int> Add()
    {
        state.State = new CounterState { Sum = state.State.Sum + 1 };
        await state.WriteStateAsync();
        return state.State.Sum;
    }

    public Task<string> Read() => Task.FromResult($"{state.State.Sum} {state.Etag ?? "-"}");

    public Task Clear() => state.ClearStateAsync();
}
