namespace Actors.Storage.BackEnds.Files;

/// <summary>Keeps others from opening a file until it is disposed of.</summary>
internal interface IFileHold : IDisposable
{
    /// <summary>Whether somebody waits for the file.</summary>
    bool IsWanted { get; }
}
