using Orleans;

namespace Actors.Runtime.Tests.Calls;

[Alias("test.IBlockGrain")]
public interface IBlockGrain : IGrainWithStringKey
{
    /// <summary>Holds its thread until the gate "unblock" opens.</summary>
    [Alias("Block")]
    Task Block();

    /// <summary>The same behind an await.</summary>
    [Alias("BlockLater")]
    Task BlockLater();

    [Alias("Touch")]
    Task Touch();
}
