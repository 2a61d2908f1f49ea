using Orleans;

namespace Actors.Silo.Tests.Stores;

/// <summary>A number that is kept.</summary>
[Alias("test.silo.ICounterGrain")]
public interface ICounterGrain : IGrainWithStringKey
{
    /// <summary>Adds one, stores the sum and answers with it.</summary>
    [Alias("Add")]
    Task<int> Add();

    /// <summary>The sum and the ETag in memory.</summary>
    [Alias("Read")]
    Task<string> Read();

    /// <summary>Forgets the sum, in the store too.</summary>
    [Alias("Clear")]
    Task Clear();
}
