namespace Actors.Grains.Topics;

/// <summary>Producer ids that only their taker hands out: <paramref name="First"/> to First + Count - 1.</summary>
public readonly record struct ProducerIdBlock(long First, int Count);
