namespace Actors.Runtime.Scheduling;

/// <summary>Messages that wait for others of the same thread, to be written with them.</summary>
internal interface IHeldWrite
{
    /// <summary>Writes them, if that has not been done. From any thread, without waiting.</summary>
    void Write();
}
