using Orleans;

namespace Actors.Runtime.Tests.Identity;

[Alias("test.INodeGrain")]
public interface INodeGrain : IGrainWithStringKey
{
    [Alias("Key")]
    Task<string> Key();
}
