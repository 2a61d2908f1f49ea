using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Grains.Overview;

/// <summary>Reads what stores have of a grain: its states are named by its constructor. The grain itself is not asked.</summary>
public sealed class StoredStates(IServiceProvider services, TimeProvider time)
{
    /// <summary>Longer ones are not shown.</summary>
    private const int MaxChars = 64 * 1024;

    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(2);

    /// <summary>All states of a grain; what cannot be read says why.</summary>
    public async Task<IReadOnlyList<StateReport>> ReadAsync(Type grainClass, GrainId grain)
    {
        ArgumentNullException.ThrowIfNull(grainClass);
        var states = grainClass.GetConstructors()
            .SelectMany(static constructor => constructor.GetParameters())
            .Select(static parameter => parameter.GetCustomAttribute<PersistentStateAttribute>())
            .OfType<PersistentStateAttribute>()
            .DistinctBy(static state => (state.StateName, state.StorageName));
        return await Task.WhenAll(states.Select(state => ReadAsync(state, grain)));
    }

    private async Task<StateReport> ReadAsync(PersistentStateAttribute state, GrainId grain)
    {
        try
        {
            var json = await ReadJsonAsync(state, grain);
            return json is { Length: > MaxChars } ? Problem($"It has {json.Length} characters, more than are shown.") : new() { Name = state.StateName, Json = json };
        }
        catch (JsonException)
        {
            return Problem("Its store does not keep it as a JSON object.");
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Whatever a store throws: the rest of the grain is shown none the less.
            return Problem(failure is OperationCanceledException ? $"Its store did not answer within {ReadTimeout.TotalSeconds} s." : failure.Message);
        }

        StateReport Problem(string sentence) => new() { Name = state.StateName, Problem = sentence };
    }

    private async Task<string?> ReadJsonAsync(PersistentStateAttribute state, GrainId grain)
    {
        var name = state.StorageName ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        var storage = services.GetRequiredKeyedService<IGrainStorage>(name);
        var record = new GrainState<Dictionary<string, JsonElement>>([]);
        using var deadline = new CancellationTokenSource(ReadTimeout, time);
        await storage.ReadStateAsync(state.StateName, grain, record, deadline.Token);
        return record.RecordExists && record.State is { } members ? SecretFreeJson.Write(members) : null;
    }
}
