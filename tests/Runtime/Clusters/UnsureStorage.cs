using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>A store of which one may not hear whether a write was done.</summary>
internal sealed class UnsureStorage(IGrainStorage inner) : IGrainStorage
{
    /// <summary>From now on writes get no answer; they may be done later.</summary>
    public bool IsUnsure { get; set; }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, grainId, grainState);

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        IsUnsure ? throw new TimeoutException("The store has not answered.") : inner.WriteStateAsync(stateName, grainId, grainState);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, grainId, grainState);
}
