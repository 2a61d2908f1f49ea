namespace Actors.AgentLoad.Measures;

/// <summary>How many latencies fell into one bucket.</summary>
/// <param name="Bucket">The bucket's number.</param>
/// <param name="Count">How many; never 0.</param>
public readonly record struct LatencyBucket(int Bucket, long Count);
