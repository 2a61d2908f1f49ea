using Orleans;

namespace Actors.Runtime.Tests.Life;

[Alias("test.IBirthGrain")]
public interface IBirthGrain : IGrainWithStringKey
{
    [Alias("Say")]
    Task<string> Say(string what);
}
