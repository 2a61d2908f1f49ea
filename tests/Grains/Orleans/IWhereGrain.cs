using Orleans;

namespace Actors.Grains.Tests.Nodes;

/// <summary>Tells on which node it is.</summary>
[Alias("test.IWhereGrain")]
public interface IWhereGrain : IGrainWithStringKey
{
    /// <summary>Name of its silo.</summary>
    [Alias("Silo")]
    Task<string> Silo();
}
