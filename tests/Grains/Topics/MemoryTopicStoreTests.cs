using Actors.Grains.Topics;

namespace Actors.Grains.Tests.Topics;

public sealed class MemoryTopicStoreTests : TopicStoreCompliance
{
    protected override Task<ITopicStore> NewStoreAsync() => Task.FromResult<ITopicStore>(new MemoryTopicStore());
}
