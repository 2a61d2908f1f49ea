using Actors.Silo.Stores.Sqlite;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores;

public sealed class SqliteGrainStorageTests : GrainStorageCompliance, IAsyncLifetime
{
    private readonly SqliteFixture _file = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Fact]
    public async Task State_is_there_after_the_file_was_closed_and_opened()
    {
        var written = new GrainState<Shelf>(new Shelf { Rows = 3 });
        await using (var database = _file.Open())
            await new SqliteGrainStorage("Default", database).WriteStateAsync("shelf", GrainId.Create("peer", "1"), written);

        var read = new GrainState<Shelf>();
        await new SqliteGrainStorage("Default", _file.Open()).ReadStateAsync("shelf", GrainId.Create("peer", "1"), read);

        Assert.Equal((3, written.ETag), (read.State!.Rows, read.ETag));
    }

    protected override IGrainStorage NewStorage() => new SqliteGrainStorage("Default", _file.Open());
}
