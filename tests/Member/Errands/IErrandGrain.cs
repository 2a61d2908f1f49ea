using Orleans;

namespace Actors.Member.Errands;

/// <summary>A grain that is in the middle of something from the moment it is told to begin.</summary>
[Alias("member.errands")]
public interface IErrandGrain : IGrainWithStringKey
{
    /// <summary>Begins, and completes when that is stored.</summary>
    /// <returns>The node that has it.</returns>
    [Alias("begin")]
    Task<int> Begin();
}
