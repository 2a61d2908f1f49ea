namespace Actors.Log;

/// <summary>Syncs a whole file system: files, lengths and names, of everybody.</summary>
public interface IWholeSync : IDisposable
{
    /// <summary>syncfs: everything written before the call survives, or it throws.</summary>
    void Sync();
}
