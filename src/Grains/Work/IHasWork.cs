namespace Actors.Grains.Work;

/// <summary>
/// Grain state that says whether its grain is in the middle of something. A state that has work is marked in the store by the very
/// write that stores it, and the <see cref="Sweeper"/> wakes its grain (<see cref="IWakeable"/>) wherever it lives now.
/// </summary>
public interface IHasWork
{
    /// <summary>Whether the grain has to go on by itself, asked or not.</summary>
    bool HasWork { get; }
}
