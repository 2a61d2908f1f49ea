using Actors.Runtime.Storage;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>A store that the silos share, some of whose writes arrive late: those of a silo that is gone as well.</summary>
internal sealed class LedgerStorage(TurnLedger ledger, int seed) : IGrainStorage
{
    private readonly MemoryGrainStorage _inner = new("stress");
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await Task.Yield();
        await _inner.ReadStateAsync(stateName, grainId, grainState);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        // What is written is what was there when it was asked for, with the ETag of that time.
        var asked = new GrainState<T>(grainState.State!) { ETag = grainState.ETag, RecordExists = grainState.RecordExists };
        await Task.Delay(TimeSpan.FromMilliseconds(DelayMs()), TimeProvider.System);
        ledger.Write(grainId, (StressGrain.Record)(object)asked.State!, () => _ = _inner.WriteStateAsync(stateName, grainId, asked));
        (grainState.ETag, grainState.RecordExists) = (asked.ETag, true);
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => throw new NotSupportedException();

    private int DelayMs()
    {
        lock (_lock)
        {
            return _random.Next(100) switch { < 70 => 0, < 96 => _random.Next(1, 30), _ => _random.Next(100, 700) };
        }
    }
}
