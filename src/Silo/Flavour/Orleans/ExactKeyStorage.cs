using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Silo.Flavour;

/// <summary>
/// Stands before Orleans' AdoNet storage, which takes a text key that looks like a hexadecimal number or a unique id for one, and so
/// would keep the grains "cafe", "CAFE" and "0cafe" in one row. A sign before the key makes it text and nothing else.
/// </summary>
/// <param name="storage">Orleans' own.</param>
internal sealed class ExactKeyStorage(IGrainStorage storage) : IGrainStorage
{
    private const char Sign = '=';

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => storage.ReadStateAsync(stateName, Exact(grainId), grainState);

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => storage.WriteStateAsync(stateName, Exact(grainId), grainState);

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => storage.ClearStateAsync(stateName, Exact(grainId), grainState);

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        storage.ReadStateAsync(stateName, Exact(grainId), grainState, cancellationToken);

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        storage.WriteStateAsync(stateName, Exact(grainId), grainState, cancellationToken);

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        storage.ClearStateAsync(stateName, Exact(grainId), grainState, cancellationToken);

    private static GrainId Exact(GrainId grain) => GrainId.Create(grain.Type, Sign + grain.Key.ToString());
}
