using Actors.Silo.Stores.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores;

/// <summary>A grain's state in the silo's own store.</summary>
public sealed class SqlitePersistentStateTests : PersistentStateTests<SqliteDatabase>, IAsyncLifetime
{
    private readonly SqliteFixture _file = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    protected override Task<SqliteDatabase> OpenAsync() => Task.FromResult(_file.Open());

    protected override IGrainStorage Storage(SqliteDatabase database) => new SqliteGrainStorage("test", database);

    protected override void Add(IServiceCollection services, SqliteDatabase database) => services.AddSingleton(database);
}
