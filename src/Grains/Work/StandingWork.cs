using Orleans.Runtime;

namespace Actors.Grains.Work;

/// <summary>Grains that always have work: whoever lives alone in its cluster and looks after something.</summary>
/// <param name="grains">Which.</param>
public sealed class StandingWork(params GrainId[] grains) : IWorkList
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<GrainId>> LoadAsync(CancellationToken token) => Task.FromResult<IReadOnlyList<GrainId>>(grains);
}
