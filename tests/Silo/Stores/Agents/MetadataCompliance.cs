using Actors.Grains.Agents;

namespace Actors.Silo.Tests.Stores.Agents;

/// <summary>What every store of metadata does: the newest value counts, and an agent has a bounded number of them.</summary>
public abstract class MetadataCompliance
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A store without values.</summary>
    protected abstract Task<IAgentMetadata> OpenAsync();

    [Fact]
    public async Task The_newest_value_counts_whatever_comes_last()
    {
        var store = await OpenAsync();
        Assert.Empty(await store.ReadAsync(Agent(1), Token));
        await store.WriteAsync([Row(1, "b", "2", 20), Row(1, "a", "1", 10, "no access"), Row(2, "a", "9", 90)], Token);
        await store.WriteAsync([Row(1, "b", "old", 19), Row(1, "a", "3", 30)], Token);
        Assert.Equal([Row(1, "a", "3", 30), Row(1, "b", "2", 20)], await store.ReadAsync(Agent(1), Token));
        Assert.Equal([Row(2, "a", "9", 90)], await store.ReadAsync(Agent(2), Token));
    }

    [Fact]
    public async Task A_value_twice_in_one_statement_is_merged_and_ties_end_alike()
    {
        var store = await OpenAsync();
        await store.WriteAsync([Row(1, "a", "1", 10), Row(1, "a", "2", 20), Row(1, "a", "3", 15)], Token);
        Assert.Equal([Row(1, "a", "2", 20)], await store.ReadAsync(Agent(1), Token));
        foreach (var value in (string[])["5", "9", "7"]) await store.WriteAsync([Row(1, "a", value, 20)], Token);
        Assert.Equal([Row(1, "a", "9", 20)], await store.ReadAsync(Agent(1), Token));
    }

    [Fact]
    public async Task The_longest_names_and_values_are_stored()
    {
        var store = await OpenAsync();
        // What cannot be compressed: an index takes a long name only when it may shrink it.
        var random = new Random(20_261_122);
        var name = string.Concat(Enumerable.Range(0, 6_000).Select(_ => (char)random.Next('!', '\u07FF')));
        var row = Row(1, name, new string('€', 3_000) + '\0', 10, "\0" + new string('e', 3_000));
        await store.WriteAsync([row, Row(1, "\uD800", "\uDC00", 1)], Token);
        var stored = await store.ReadAsync(Agent(1), Token);
        Assert.Equal(2, stored.Count);
        Assert.Contains(row, stored);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(row.Key.Name), MetadataRow.MaxNameBytes - 2, MetadataRow.MaxNameBytes);
    }

    [Fact]
    public async Task An_agent_keeps_a_bounded_number_of_values_the_newest()
    {
        var store = await OpenAsync();
        await store.WriteAsync([.. Enumerable.Range(0, IAgentMetadata.MaxValues + 20).Select(number => Row(1, $"name {number:D4}", "x", 1_000 + number)), Row(2, "a", "1", 1)], Token);
        await store.WriteAsync([Row(1, "late", "x", 900)], Token); // older than all that are kept
        await store.WriteAsync([Row(1, "later", "x", 9_000)], Token);
        var stored = await store.ReadAsync(Agent(1), Token);
        Assert.Equal(IAgentMetadata.MaxValues, stored.Count);
        Assert.Equal("later", stored[0].Key.Name);
        Assert.Equal(["name 0021", $"name {IAgentMetadata.MaxValues + 19:D4}"], [stored[1].Key.Name, stored[^1].Key.Name]);
        Assert.Single(await store.ReadAsync(Agent(2), Token));
    }

    private static Guid Agent(int number) => new(number, 0, 0x4000, [0x80, 0, 0, 0, 0, 0, 0, 5]);

    private static MetadataRow Row(int agent, string name, string value, long atUtcMs, string? error = null) => MetadataRow.Create(Agent(agent), name, value, error, atUtcMs);
}
