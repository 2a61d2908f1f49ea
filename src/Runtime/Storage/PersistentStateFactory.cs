using Microsoft.Extensions.DependencyInjection;
using Orleans.Providers;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Runtime.Storage;

/// <summary>Makes persistent states that read themselves while their activation begins.</summary>
internal sealed class PersistentStateFactory(IServiceProvider services) : IPersistentStateFactory
{
    /// <exception cref="BadProviderConfigException">The silo has no store of that name.</exception>
    public IPersistentState<TState> Create<TState>(IGrainContext context, IPersistentStateConfiguration config)
    {
        string name = config.StorageName ?? ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        IGrainStorage storage = services.GetKeyedService<IGrainStorage>(name)
            ?? throw new BadProviderConfigException($"The silo has no store '{name}', which the state '{config.StateName}' of {context.GrainId} needs.");
        var state = new PersistentState<TState>(config.StateName, context, storage);
        context.ObservableLifecycle.Subscribe(typeof(PersistentState<TState>).Name, GrainLifecycleStage.SetupState, state);
        return state;
    }
}
