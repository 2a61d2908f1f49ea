using Orleans;

namespace Actors.Bench.Grains;

/// <summary>Keeps a number.</summary>
[Alias("bench.ICountGrain")]
public interface ICountGrain : IGrainWithStringKey
{
    /// <summary>Stores the number and answers with it when it is durable.</summary>
    [Alias("Set")]
    Task<int> Set(int value);
}
