using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores;

/// <summary>What every store of grain state must do; each store has a subclass.</summary>
public abstract class GrainStorageCompliance
{
    private static readonly GrainId Grain = GrainId.Create("peer", "agent/7");

    /// <summary>A store with nothing in it.</summary>
    protected abstract IGrainStorage NewStorage();

    [Fact]
    public async Task What_was_never_written_is_new()
    {
        var state = new GrainState<Shelf>(new Shelf { Name = "left over" }, "1");

        await NewStorage().ReadStateAsync("shelf", Grain, state);

        Assert.Equal((new Shelf(), null, false), (state.State, state.ETag, state.RecordExists));
    }

    [Fact]
    public async Task What_was_written_is_read()
    {
        var storage = NewStorage();
        var written = new GrainState<Shelf>(new Shelf { Name = "a \"b\" ü", Rows = 7, Owner = Grain });
        await storage.WriteStateAsync("shelf", Grain, written);

        var read = await ReadAsync(storage);

        Assert.Equal(written.State, read.State);
        Assert.Equal((written.ETag, true), (read.ETag, read.RecordExists));
        Assert.NotNull(read.ETag);
        Assert.True(written.RecordExists);
    }

    [Fact]
    public async Task Every_write_has_a_new_ETag()
    {
        var storage = NewStorage();
        var state = new GrainState<Shelf>(new Shelf());
        HashSet<string?> etags = [];
        for (var turn = 0; turn < 5; turn++)
        {
            await storage.WriteStateAsync("shelf", Grain, state);
            Assert.True(etags.Add(state.ETag));
        }
    }

    [Fact]
    public async Task A_writer_that_is_behind_changes_nothing()
    {
        var storage = NewStorage();
        var first = new GrainState<Shelf>(new Shelf { Rows = 1 });
        await storage.WriteStateAsync("shelf", Grain, first);
        var behind = await ReadAsync(storage);
        first.State = new() { Rows = 2 };
        await storage.WriteStateAsync("shelf", Grain, first);

        behind.State = new() { Rows = 3 };
        var conflict = await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("shelf", Grain, behind));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("shelf", Grain, behind));

        Assert.Equal((first.ETag, behind.ETag), (conflict.StoredEtag, conflict.CurrentEtag));
        Assert.Equal((2, first.ETag), ((await ReadAsync(storage)).State!.Rows, (await ReadAsync(storage)).ETag));
    }

    [Fact]
    public async Task A_writer_that_knows_of_no_record_does_not_write_over_one()
    {
        var storage = NewStorage();
        await storage.WriteStateAsync("shelf", Grain, new GrainState<Shelf>(new Shelf { Rows = 1 }));
        var unaware = new GrainState<Shelf>(new Shelf { Rows = 2 });

        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("shelf", Grain, unaware));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("shelf", Grain, unaware));

        Assert.Equal(1, (await ReadAsync(storage)).State!.Rows);
    }

    [Fact]
    public async Task Of_two_first_writers_one_wins()
    {
        var storage = NewStorage();
        var writers = Enumerable.Range(1, 8).Select(rows => new GrainState<Shelf>(new Shelf { Rows = rows })).ToArray();

        var outcomes = await Task.WhenAll(writers.Select(async writer =>
        {
            try
            {
                await storage.WriteStateAsync("shelf", Grain, writer);
                return writer;
            }
            catch (InconsistentStateException)
            {
                return null;
            }
        }));

        var winner = Assert.Single(outcomes, writer => writer is not null);
        Assert.Equal(winner!.State, (await ReadAsync(storage)).State);
    }

    [Fact]
    public async Task What_was_cleared_is_new_and_its_ETag_never_comes_back()
    {
        var storage = NewStorage();
        var state = new GrainState<Shelf>(new Shelf { Rows = 1 });
        await storage.WriteStateAsync("shelf", Grain, state);
        var stale = await ReadAsync(storage);

        await storage.ClearStateAsync("shelf", Grain, state);
        Assert.Equal((new Shelf(), null, false), (state.State, state.ETag, state.RecordExists));
        Assert.False((await ReadAsync(storage)).RecordExists);

        await storage.WriteStateAsync("shelf", Grain, state);
        Assert.NotEqual(stale.ETag, state.ETag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("shelf", Grain, stale));
    }

    [Fact]
    public async Task Clearing_what_is_not_there_is_allowed()
    {
        var state = new GrainState<Shelf>(new Shelf { Rows = 1 });

        await NewStorage().ClearStateAsync("shelf", Grain, state);

        Assert.False(state.RecordExists);
    }

    [Fact]
    public async Task Names_and_grains_are_kept_apart()
    {
        var storage = NewStorage();
        (string Name, GrainId Grain)[] places = [("a", Grain), ("b", Grain), ("a", GrainId.Create("peer", "other")), ("a", GrainId.Create("pool", "agent/7"))];
        for (var index = 0; index < places.Length; index++)
            await storage.WriteStateAsync(places[index].Name, places[index].Grain, new GrainState<Shelf>(new Shelf { Rows = index }));

        for (var index = 0; index < places.Length; index++)
        {
            var state = new GrainState<Shelf>();
            await storage.ReadStateAsync(places[index].Name, places[index].Grain, state);
            Assert.Equal(index, state.State!.Rows);
        }
    }

    private static async Task<GrainState<Shelf>> ReadAsync(IGrainStorage storage)
    {
        var state = new GrainState<Shelf>();
        await storage.ReadStateAsync("shelf", Grain, state);
        return state;
    }

    /// <summary>A state as grains have it.</summary>
    public sealed record Shelf
    {
        /// <summary>Text.</summary>
        public string Name { get; init; } = "";

        /// <summary>A number.</summary>
        public int Rows { get; init; }

        /// <summary>An id of the runtime.</summary>
        public GrainId Owner { get; init; }
    }
}
