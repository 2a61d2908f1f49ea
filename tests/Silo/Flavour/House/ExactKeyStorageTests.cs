using Actors.Silo.Flavour;
using Actors.Silo.Stores.Sqlite;
using Actors.Silo.Tests.Stores;
using Actors.Tests.Storage;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Silo.Tests.Flavour.House;

/// <summary>What stands before Orleans' AdoNet storage keeps a store's promises, and gives it keys that are text and nothing else.</summary>
public sealed class ExactKeyStorageTests : GrainStorageCompliance, IAsyncDisposable
{
    private readonly SqliteFixture _file = new();

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [Theory]
    [InlineData("cafe")]
    [InlineData("1")]
    [InlineData("0123456789abcdef0123456789abcdef")]
    public async Task The_stores_key_is_no_number_and_no_unique_id(string key)
    {
        var store = new SqliteGrainStorage("Default", _file.Open());
        var written = new GrainState<Sample>(Sample.Full());
        await new ExactKeyStorage(store).WriteStateAsync("s", GrainId.Create("peer", key), written, CancellationToken.None);
        var read = new GrainState<Sample>();
        await store.ReadStateAsync("s", GrainId.Create("peer", "=" + key), read);
        Assert.Equal(written.ETag, read.ETag);
    }

    protected override Task<IGrainStorage> OpenAsync() => Task.FromResult<IGrainStorage>(new ExactKeyStorage(new SqliteGrainStorage("Default", _file.Open())));
}
