using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>A stored count. Says of each step of its turns that it runs.</summary>
[GrainType("test.stress")]
public sealed class StressGrain([PersistentState("count")] IPersistentState<StressGrain.Record> count, TurnReporter turns) : Grain, IStressGrain
{
    private readonly long _activation = turns.Begin();

    public async Task<long> Add()
    {
        turns.Ran(this.GetGrainId(), _activation);
        count.State = new Record { Count = count.State.Count + 1, By = _activation };
        await count.WriteStateAsync();
        turns.Ran(this.GetGrainId(), _activation);
        return count.State.Count;
    }

    [GenerateSerializer, Immutable, Alias("test.StressGrain.Record")]
    public sealed record Record
    {
        [Id(0)]
        public long Count { get; init; }

        /// <summary>The activation that wrote it.</summary>
        [Id(1)]
        public long By { get; init; }
    }
}
