using Actors.Grains.Work;
using Actors.Silo.Stores.Sqlite;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores;

/// <summary>The embedded store knows which grains have work.</summary>
public sealed class SqliteWorkListTests : WorkListCompliance, IAsyncDisposable
{
    private readonly SqliteFixture _file = new();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    protected override Task<(IGrainStorage Storage, IWorkList Work)> OpenAsync()
    {
        var database = _file.Open();
        return Task.FromResult<(IGrainStorage, IWorkList)>((new SqliteGrainStorage("Default", database), new SqliteWorkList(database)));
    }
}
