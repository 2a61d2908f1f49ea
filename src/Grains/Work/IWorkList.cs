using Orleans.Runtime;

namespace Actors.Grains.Work;

/// <summary>Knows grains that have work. A silo has several: what the store has marked, and what always has work.</summary>
public interface IWorkList
{
    /// <summary>The grains, in any order; the same one may be there twice. Each is an <see cref="IWakeable"/>.</summary>
    /// <param name="token">Ends the waiting.</param>
    Task<IReadOnlyList<GrainId>> LoadAsync(CancellationToken token);
}
