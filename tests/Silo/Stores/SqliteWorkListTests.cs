using Actors.Grains.Work;
using Actors.Silo.Stores.Sqlite;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores;

/// <summary>The embedded store knows which grains have work.</summary>
public sealed class SqliteWorkListTests : WorkListCompliance, IAsyncDisposable
{
    private readonly SqliteFixture _file = new();
    private SqliteDatabase _database = null!;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    protected override Task<(IGrainStorage Storage, IWorkList Work)> OpenAsync()
    {
        _database = _file.Open();
        return Task.FromResult<(IGrainStorage, IWorkList)>(
            (new SqliteGrainStorage("Default", _database), new SqliteWorkList(_database, Warnings.Logger<SqliteWorkList>())));
    }

    protected override Task MarkAsync(string grainId) => _database.WriteAsync(
        "mark",
        session => session.Execute("INSERT INTO grain_state (grain_id, state_name, version, payload, has_work) VALUES ($1, 's', 1, x'', 1)", grainId),
        default);
}
