using Actors.Silo.Stores.Sqlite;
using Actors.Tests.Storage;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores;

/// <summary>The embedded store keeps the promises of a store, and keeps what it was given.</summary>
public sealed class SqliteGrainStorageTests : GrainStorageCompliance, IAsyncLifetime
{
    private readonly SqliteFixture _file = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Fact]
    public async Task State_is_there_after_the_file_was_closed_and_opened()
    {
        var written = new GrainState<Sample>(Sample.Full());
        await using (var database = _file.Open())
            await new SqliteGrainStorage("Default", database).WriteStateAsync("s", GrainId.Create("peer", "1"), written);

        var read = new GrainState<Sample>();
        await new SqliteGrainStorage("Default", _file.Open()).ReadStateAsync("s", GrainId.Create("peer", "1"), read);

        Assert.Equivalent(Sample.Full(), read.State, strict: true);
        Assert.Equal(written.ETag, read.ETag);
    }

    protected override Task<IGrainStorage> OpenAsync() => Task.FromResult<IGrainStorage>(new SqliteGrainStorage("Default", _file.Open()));
}
