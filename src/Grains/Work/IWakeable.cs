using Orleans;

namespace Actors.Grains.Work;

/// <summary>A grain that goes on with its work when it is woken, without being asked for anything.</summary>
[Alias("actors.wakeable")]
public interface IWakeable : IGrainWithStringKey
{
    /// <summary>
    /// Takes up what is to be done. It comes when the silos change and every <see cref="Sweeper.Period"/>, whether or not the grain is
    /// awake or has anything to do; so it costs next to nothing then, and it begins what takes long without waiting for it.
    /// </summary>
    [Alias("wake")]
    Task Wake();
}
