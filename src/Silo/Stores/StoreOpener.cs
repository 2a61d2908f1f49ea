using Actors.Silo.Health;
using Actors.Silo.Stores.Sqlite;

namespace Actors.Silo.Stores;

/// <summary>Opens the store when the silo starts, and closes it when everything that writes to it has stopped.</summary>
/// <param name="health">Told what is going on.</param>
/// <param name="storeHealth">Told when the store is open.</param>
/// <param name="services">Makes the store; asked only when it is this step's turn.</param>
public sealed class StoreOpener(SiloHealth health, StoreHealth storeHealth, IServiceProvider services) : IHostedService
{
    private SqliteDatabase? _database;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        health.Enter("opening the store");
        _database = services.GetRequiredService<SqliteDatabase>();
        storeHealth.Watch(_database);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        health.Enter("closing the store");
        if (_database is not null) await _database.DisposeAsync().AsTask().WaitAsync(cancellationToken);
    }
}
