using Orleans;
using Orleans.Runtime;

namespace Actors.Bench.Grains;

/// <summary>Writes its state on every call.</summary>
[GrainType("bench.count")]
public sealed class CountGrain([PersistentState("count")] IPersistentState<CountState> state) : Grain, ICountGrain
{
    /// <inheritdoc/>
    public async Task<int> Set(int value)
    {
        state.State = new CountState { Count = value };
        await state.WriteStateAsync();
        return value;
    }
}
