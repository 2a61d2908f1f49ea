namespace Actors.Grains.Partitions;

/// <summary>A fetch that waits for records.</summary>
public interface IFetchWaiter
{
    /// <summary>
    /// A watched replica has records that it did not have before, or has ended. Called on the log's completion thread, also
    /// for a watch that has just been taken off; must not block or throw.
    /// </summary>
    void OnProgress(Replica replica);
}
