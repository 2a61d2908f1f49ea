using Actors.Grains.Topics;

namespace Actors.Grains.Tests.Topics;

public sealed class ProducerIdsTests
{
    [Fact]
    public async Task Ids_come_in_order_and_a_block_is_taken_only_when_the_last_is_used_up()
    {
        var store = new MemoryTopicStore();
        var ids = new ProducerIds(store, 1, new TopicOptions { ProducerIdBlockSize = 3 });

        var taken = new List<long>();
        for (var count = 0; count < 7; count++)
            taken.Add(await ids.NextAsync(CancellationToken.None));

        Assert.Equal([0, 1, 2, 3, 4, 5, 6], taken);
        Assert.Equal(3, store.ProducerIdBlocksTaken);
    }

    [Fact]
    public async Task Callers_at_once_get_different_ids()
    {
        var store = new MemoryTopicStore();
        var ids = new ProducerIds(store, 1, new TopicOptions { ProducerIdBlockSize = 7 });

        var taken = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => Task.Run(async () => await ids.NextAsync(CancellationToken.None))));

        Assert.Equal(500, taken.Distinct().Count());
        Assert.Equal(72, store.ProducerIdBlocksTaken);
    }

    [Fact]
    public async Task Two_silos_never_share_an_id()
    {
        var store = new MemoryTopicStore();
        ProducerIds[] silos = [new(store, 1, new TopicOptions { ProducerIdBlockSize = 2 }), new(store, 2, new TopicOptions { ProducerIdBlockSize = 2 })];

        var taken = new List<long>();
        for (var count = 0; count < 10; count++)
            taken.Add(await silos[count % 2].NextAsync(CancellationToken.None));

        Assert.Equal(10, taken.Distinct().Count());
    }

    [Fact]
    public async Task After_a_failure_of_the_store_the_next_caller_asks_again()
    {
        var store = new MemoryTopicStore { OnOperation = operation => throw new TopicStoreException(operation, StoreOutcome.NotApplied, null) };
        var ids = new ProducerIds(store, 1, new TopicOptions());

        await Assert.ThrowsAsync<TopicStoreException>(async () => await ids.NextAsync(CancellationToken.None));
        store.OnOperation = null;

        Assert.Equal(0, await ids.NextAsync(CancellationToken.None));
    }
}
