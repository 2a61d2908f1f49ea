using Orleans;

namespace Actors.Runtime.Tests.Clusters;

[Alias("test.IOnNode")]
public interface INodeGrain : IGrainWithStringKey
{
    [Alias("Where")]
    Task<string> Where();
}
