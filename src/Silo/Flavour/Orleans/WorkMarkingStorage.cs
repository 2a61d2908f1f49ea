using Actors.Grains.Work;
using Actors.Silo.Flavour.AdoNet;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Silo.Flavour;

/// <summary>
/// Marks, beside Orleans' grain state, which grains have work (<see cref="IHasWork"/>). The mark is there before the state is, and goes
/// after a state without work is stored; so a crash between the two leaves a mark too many, which costs a wake, and never one too few.
/// </summary>
/// <param name="storage">Where the state is.</param>
/// <param name="marks">Where the marks are.</param>
internal sealed class WorkMarkingStorage(IGrainStorage storage, WorkMarks marks) : IGrainStorage
{
    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => storage.ReadStateAsync(stateName, grainId, grainState);

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        storage.ReadStateAsync(stateName, grainId, grainState, cancellationToken);

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        if (grainState.State is IHasWork { HasWork: true })
        {
            await marks.SetAsync(grainId, stateName, cancellationToken);
            await storage.WriteStateAsync(stateName, grainId, grainState, cancellationToken);
        }
        else
        {
            await WithoutWorkAsync(grainId, stateName, grainState, () => storage.WriteStateAsync(stateName, grainId, grainState, cancellationToken), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken) =>
        WithoutWorkAsync(grainId, stateName, grainState, () => storage.ClearStateAsync(stateName, grainId, grainState, cancellationToken), cancellationToken);

    private async Task WithoutWorkAsync<T>(GrainId grainId, string stateName, IGrainState<T> grainState, Func<Task> change, CancellationToken token)
    {
        var mayBeMarked = grainState.State is IHasWork || typeof(IHasWork).IsAssignableFrom(typeof(T));
        // A mark that a later activation has renewed meanwhile is another one, and stays.
        var mark = mayBeMarked ? await marks.FindAsync(grainId, stateName, token) : null;
        await change();
        if (mark is { } number) await marks.RemoveAsync(grainId, stateName, number, token);
    }
}
