using System.Globalization;
using Actors.Grains.Work;
using Actors.Silo.Flavour;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Silo.Stores;

/// <summary>
/// Grain state in a store that numbers its versions. An ETag is a number that the store gives once and never again, not even
/// for a record that was cleared and written anew; so a writer that is behind is always found out.
/// </summary>
/// <param name="name">Name under which grains know the store.</param>
public abstract class VersionedGrainStorage(string name) : IGrainStorage
{
    /// <summary>No record has it.</summary>
    private const long NoVersion = -1;

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        if (await LoadAsync(new(grainId.ToString(), stateName), cancellationToken) is { } record)
        {
            grainState.State = GrainStateText.Deserialize<T>(record.Payload)!;
            grainState.ETag = Text(record.Version);
            grainState.RecordExists = true;
        }
        else
        {
            Reset(grainState);
        }
    }

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var (key, expected, payload) = (new GrainStateKey(grainId.ToString(), stateName), grainState.ETag, GrainStateText.Serialize(grainState.State));
        var hasWork = grainState.State is IHasWork { HasWork: true };
        var change = await StoreAsync(key, Number(expected), payload, hasWork, cancellationToken);
        if (!change.IsDone) throw Conflict("write", key, change.Version, expected);
        grainState.ETag = Text(change.Version!.Value);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(stateName, grainId, grainState, CancellationToken.None);

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grainState);
        var (key, expected) = (new GrainStateKey(grainId.ToString(), stateName), grainState.ETag);
        var change = await ClearAsync(key, Number(expected), cancellationToken);
        if (!change.IsDone) throw Conflict("clear", key, change.Version, expected);
        Reset(grainState);
    }

    /// <summary>Reads a record; null when there is none.</summary>
    protected abstract Task<GrainStateRecord?> LoadAsync(GrainStateKey key, CancellationToken token);

    /// <summary>
    /// Writes a record where the stored version is the expected one (null: there is none), under a version that the store has never given,
    /// and marks it when its grain has work (<see cref="IHasWork"/>).
    /// </summary>
    protected abstract Task<GrainStateChange> StoreAsync(GrainStateKey key, long? expected, byte[] payload, bool hasWork, CancellationToken token);

    /// <summary>Removes a record where the stored version is the expected one (null: there is none, and then that is all).</summary>
    protected abstract Task<GrainStateChange> ClearAsync(GrainStateKey key, long? expected, CancellationToken token);

    private static void Reset<T>(IGrainState<T> grainState)
    {
        grainState.State = Activator.CreateInstance<T>();
        grainState.ETag = null!;
        grainState.RecordExists = false;
    }

    private static string Text(long version) => version.ToString(CultureInfo.InvariantCulture);

    private static long? Number(string? etag) =>
        etag is null ? null : long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : NoVersion;

    private InconsistentStateException Conflict(string operation, GrainStateKey key, long? stored, string? expected) => new(
        $"The store {name} refused to {operation} {key.StateName} of {key.GrainId}: it has another version.", stored is { } version ? Text(version) : null, expected);
}
