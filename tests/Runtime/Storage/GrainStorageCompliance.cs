using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Tests.Storage;

/// <summary>What every store of grain state promises. One subclass per store; a method per promise.</summary>
public abstract class GrainStorageCompliance
{
    private static int _keys;

    /// <summary>The store under test, empty or not: the tests use grains of their own.</summary>
    protected abstract Task<IGrainStorage> OpenAsync();

    [Fact]
    public async Task A_record_that_was_never_written_reads_as_new()
    {
        IGrainStorage store = await OpenAsync();
        var state = new GrainState<Sample>(new Sample { Text = "old" }, "etag") { RecordExists = true };
        await store.ReadStateAsync("s", Grain(), state);
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.NotNull(state.State);
        Assert.Null(state.State.Text);
    }

    [Fact]
    public async Task What_was_written_is_read()
    {
        IGrainStorage store = await OpenAsync();
        GrainId grain = Grain();
        var written = new GrainState<Sample>(Sample.Full());
        await store.WriteStateAsync("s", grain, written);
        Assert.True(written.RecordExists);
        Assert.False(string.IsNullOrEmpty(written.ETag));
        GrainState<Sample> read = await ReadAsync(store, "s", grain);
        Assert.True(read.RecordExists);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equivalent(Sample.Full(), read.State, strict: true);
    }

    [Fact]
    public async Task Every_write_changes_the_etag()
    {
        IGrainStorage store = await OpenAsync();
        GrainId grain = Grain();
        var state = new GrainState<Sample>(Sample.Full());
        var etags = new HashSet<string?>();
        for (int i = 0; i < 5; i++)
        {
            state.State!.Number = i;
            await store.WriteStateAsync("s", grain, state);
            Assert.True(etags.Add(state.ETag), "The ETag is new.");
        }

        Assert.Equal(4, (await ReadAsync(store, "s", grain)).State!.Number);
    }

    [Fact]
    public async Task A_write_over_another_version_changes_nothing()
    {
        IGrainStorage store = await OpenAsync();
        GrainId grain = Grain();
        var first = new GrainState<Sample>(new Sample { Number = 1 });
        await store.WriteStateAsync("s", grain, first);
        GrainState<Sample> other = await ReadAsync(store, "s", grain);
        other.State!.Number = 2;
        await store.WriteStateAsync("s", grain, other);

        string? stale = first.ETag;
        first.State!.Number = 3;
        InconsistentStateException error = await Assert.ThrowsAsync<InconsistentStateException>(() => store.WriteStateAsync("s", grain, first));
        Assert.Equal((other.ETag, stale), (error.StoredEtag, error.CurrentEtag));
        Assert.Equal(stale, first.ETag);
        GrainState<Sample> now = await ReadAsync(store, "s", grain);
        Assert.Equal(2, now.State!.Number);
        Assert.Equal(other.ETag, now.ETag);
    }

    [Fact]
    public async Task Who_knows_of_no_record_changes_none()
    {
        IGrainStorage store = await OpenAsync();
        GrainId grain = Grain();
        await store.WriteStateAsync("s", grain, new GrainState<Sample>(new Sample { Number = 1 }));
        var unaware = new GrainState<Sample>(new Sample { Number = 2 });
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.WriteStateAsync("s", grain, unaware));
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.ClearStateAsync("s", grain, unaware));
        Assert.Equal(1, (await ReadAsync(store, "s", grain)).State!.Number);
    }

    [Fact]
    public async Task A_write_of_a_version_that_is_gone_changes_nothing()
    {
        IGrainStorage store = await OpenAsync();
        GrainId grain = Grain();
        var state = new GrainState<Sample>(new Sample { Number = 1 });
        await store.WriteStateAsync("s", grain, state);
        GrainState<Sample> other = await ReadAsync(store, "s", grain);
        await store.ClearStateAsync("s", grain, other);
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.WriteStateAsync("s", grain, state));
        Assert.False((await ReadAsync(store, "s", grain)).RecordExists);
    }

    [Fact]
    public async Task A_cleared_record_is_new_again_and_its_etags_never_come_back()
    {
        IGrainStorage store = await OpenAsync();
        GrainId grain = Grain();
        var state = new GrainState<Sample>(Sample.Full());
        await store.WriteStateAsync("s", grain, state);
        GrainState<Sample> stale = await ReadAsync(store, "s", grain);
        await store.ClearStateAsync("s", grain, state);
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Null(state.State!.Text);
        Assert.False((await ReadAsync(store, "s", grain)).RecordExists);
        state.State.Number = 9;
        await store.WriteStateAsync("s", grain, state);
        Assert.NotEqual(stale.ETag, state.ETag);
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.WriteStateAsync("s", grain, stale));
        Assert.Equal(9, (await ReadAsync(store, "s", grain)).State!.Number);
    }

    [Fact]
    public async Task A_clear_of_another_version_changes_nothing()
    {
        IGrainStorage store = await OpenAsync();
        GrainId grain = Grain();
        var first = new GrainState<Sample>(new Sample { Number = 1 });
        await store.WriteStateAsync("s", grain, first);
        GrainState<Sample> other = await ReadAsync(store, "s", grain);
        await store.WriteStateAsync("s", grain, other);
        await Assert.ThrowsAsync<InconsistentStateException>(() => store.ClearStateAsync("s", grain, first));
        Assert.Equal(1, (await ReadAsync(store, "s", grain)).State!.Number);
    }

    [Fact]
    public async Task A_clear_of_nothing_is_fine()
    {
        IGrainStorage store = await OpenAsync();
        var state = new GrainState<Sample>(new Sample());
        await store.ClearStateAsync("s", Grain(), state);
        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
    }

    [Fact]
    public async Task Records_are_apart_by_grain_type_key_and_state_name()
    {
        IGrainStorage store = await OpenAsync();
        string key = Key();
        GrainId[] grains = [GrainId.Create("a", key), GrainId.Create("b", key), GrainId.Create("a", key + "x"), GrainId.Create("a", key.ToUpperInvariant() + "X")];
        string[] names = ["s", "t", "S"];
        int number = 0;
        foreach (GrainId grain in grains)
        {
            foreach (string name in names)
            {
                await store.WriteStateAsync(name, grain, new GrainState<Sample>(new Sample { Number = ++number }));
            }
        }

        number = 0;
        foreach (GrainId grain in grains)
        {
            foreach (string name in names)
            {
                Assert.Equal(++number, (await ReadAsync(store, name, grain)).State!.Number);
            }
        }
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("with/slash and space")]
    [InlineData("quote'and\"double;--")]
    [InlineData("%_\\")]
    [InlineData("żółw 龍 🐉")]
    [InlineData("group@2")]
    public async Task Any_text_may_be_a_key(string key)
    {
        IGrainStorage store = await OpenAsync();
        var grain = GrainId.Create("sample", key + Key());
        await store.WriteStateAsync("s", grain, new GrainState<Sample>(new Sample { Text = key }));
        Assert.Equal(key, (await ReadAsync(store, "s", grain)).State!.Text);
    }

    [Fact]
    public async Task What_was_read_is_a_copy()
    {
        IGrainStorage store = await OpenAsync();
        GrainId grain = Grain();
        var written = new GrainState<Sample>(Sample.Full());
        await store.WriteStateAsync("s", grain, written);
        written.State!.Items.Add("changed after the write");
        GrainState<Sample> read = await ReadAsync(store, "s", grain);
        read.State!.Items.Add("changed after the read");
        Assert.Equivalent(Sample.Full(), (await ReadAsync(store, "s", grain)).State, strict: true);
    }

    [Fact]
    public async Task A_large_state_is_kept()
    {
        IGrainStorage store = await OpenAsync();
        GrainId grain = Grain();
        string text = new('x', 1_000_000);
        await store.WriteStateAsync("s", grain, new GrainState<Sample>(new Sample { Text = text }));
        Assert.Equal(text, (await ReadAsync(store, "s", grain)).State!.Text);
    }

    [Fact]
    public async Task Of_writers_that_race_exactly_one_wins_each_round()
    {
        IGrainStorage store = await OpenAsync();
        GrainId grain = Grain();
        for (int round = 0; round < 20; round++)
        {
            GrainState<Sample> before = await ReadAsync(store, "s", grain);
            int won = 0;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
            {
                var mine = new GrainState<Sample>(new Sample { Number = (round * 100) + writer }, before.ETag) { RecordExists = before.RecordExists };
                try
                {
                    await store.WriteStateAsync("s", grain, mine);
                    Interlocked.Increment(ref won);
                }
                catch (InconsistentStateException)
                {
                    // Another was faster.
                }
            })));
            Assert.Equal(1, won);
        }
    }

    [Fact]
    public async Task The_overloads_with_a_token_do_the_same()
    {
        IGrainStorage store = await OpenAsync();
        GrainId grain = Grain();
        var state = new GrainState<Sample>(Sample.Full());
        await store.WriteStateAsync("s", grain, state, CancellationToken.None);
        var read = new GrainState<Sample>();
        await store.ReadStateAsync("s", grain, read, CancellationToken.None);
        Assert.Equal(state.ETag, read.ETag);
        await store.ClearStateAsync("s", grain, read, CancellationToken.None);
        Assert.False((await ReadAsync(store, "s", grain)).RecordExists);
    }

    private static async Task<GrainState<Sample>> ReadAsync(IGrainStorage store, string name, GrainId grain)
    {
        var state = new GrainState<Sample>();
        await store.ReadStateAsync(name, grain, state);
        return state;
    }

    private static GrainId Grain() => GrainId.Create("sample", Key());

    private static string Key() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"k{Environment.ProcessId}-{Interlocked.Increment(ref _keys)}");

    /// <summary>State with members of several kinds.</summary>
    public sealed class Sample
    {
        public string? Text { get; set; }

        public long Number { get; set; }

        public double Ratio { get; set; }

        public DateTimeOffset When { get; set; }

        public List<string> Items { get; set; } = [];

        public Dictionary<string, int> Counts { get; set; } = [];

        public GrainId Owner { get; set; }

        public static Sample Full() => new()
        {
            Text = "text with ' and \" and żółw",
            Number = long.MaxValue,
            Ratio = 0.1,
            When = new DateTimeOffset(2026, 7, 1, 12, 30, 15, 123, TimeSpan.FromHours(2)),
            Items = ["one", "two"],
            Counts = new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 },
            Owner = GrainId.Create("type", "key/with/slashes"),
        };
    }
}
