using Actors.Harness;
using Actors.Silo.Options;
using Actors.Silo.Stores.Sqlite;

namespace Actors.Silo.Tests.Stores;

/// <summary>A store's file in a folder of its own.</summary>
public sealed class SqliteFixture : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly List<SqliteDatabase> _open = [];

    /// <summary>The file.</summary>
    public string FullName => _folder.Path("store.db");

    /// <summary>Opens the file as the silo does.</summary>
    public SqliteDatabase Open(TimeProvider? time = null)
    {
        var database = SqliteDatabase.Open(FullName, new SiloOptions().SqliteLibrary, time ?? TimeProvider.System);
        _open.Add(database);
        return database;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var database in _open) await database.DisposeAsync();
        _folder.Dispose();
    }
}
