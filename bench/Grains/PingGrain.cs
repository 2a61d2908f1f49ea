using Orleans;

namespace Actors.Bench.Grains;

/// <summary>Answers at once.</summary>
[GrainType("bench.ping")]
public sealed class PingGrain : Grain, IPingGrain
{
    private static readonly Task<int> Answer = Task.FromResult(1);

    /// <inheritdoc/>
    public Task<int> Ping(int value) => Answer;

    /// <inheritdoc/>
    public ValueTask<int> PingValue(int value) => new(value);
}
