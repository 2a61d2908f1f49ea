using Orleans;

namespace Actors.Runtime.Tests.Identity;

/// <summary>An interface that no class implements.</summary>
[Alias("test.IUnknownGrain")]
public interface IUnknownGrain : IGrainWithStringKey
{
    [Alias("Nothing")]
    Task Nothing();
}
