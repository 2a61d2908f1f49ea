using Orleans;

namespace Actors.Member.Calls;

/// <summary>Says where it lives.</summary>
[Alias("member.places")]
public interface IPlaceGrain : IGrainWithStringKey
{
    /// <summary>The node that it lives on now.</summary>
    [Alias("where")]
    Task<int> Where();
}
