using Actors.Silo.Health;

namespace Actors.Silo.Stores;

/// <summary>Says what is wrong with the store once it is open; until then the start itself says where it is.</summary>
public sealed class StoreHealth : IHealthSource
{
    private volatile IHealthSource? _store;

    /// <inheritdoc/>
    public HealthProblem? Problem => _store?.Problem;

    /// <summary>The store is open.</summary>
    public void Watch(IHealthSource store) => _store = store;
}
