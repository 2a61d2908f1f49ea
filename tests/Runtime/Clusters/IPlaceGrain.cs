using Orleans;

namespace Actors.Runtime.Tests.Clusters;

[Alias("test.IPlace")]
public interface IPlaceGrain : IGrainWithStringKey
{
    /// <summary>The silo that runs the grain.</summary>
    [Alias("Where")]
    Task<SiloAddressText> Where();

    /// <summary>Adds to a number that is kept in memory.</summary>
    [Alias("Add")]
    Task<int> Add(int number);
}
