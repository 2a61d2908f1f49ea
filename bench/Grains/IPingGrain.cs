using Orleans;

namespace Actors.Bench.Grains;

/// <summary>The smallest calls.</summary>
[Alias("bench.IPingGrain")]
public interface IPingGrain : IGrainWithStringKey
{
    /// <summary>Answers with a task.</summary>
    [Alias("Ping")]
    Task<int> Ping(int value);

    /// <summary>Answers with a value task.</summary>
    [Alias("PingValue")]
    ValueTask<int> PingValue(int value);
}
