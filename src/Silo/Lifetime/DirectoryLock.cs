namespace Actors.Silo.Lifetime;

/// <summary>
/// Keeps a folder to one process: an exclusive advisory lock (flock) on a file in it. The kernel gives it back when the
/// process ends, however it ends.
/// </summary>
public sealed class DirectoryLock : IDisposable
{
    /// <summary>The locked file's name; the file itself stays.</summary>
    public const string FileName = "silo.lock";

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <returns>Null when another process, or another part of this one, holds it.</returns>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    public static DirectoryLock? TryTake(string directory)
    {
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB) on Unix.
            return new(new FileStream(
                Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException failure) when (failure.HResult == WouldBlock)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>EWOULDBLOCK, which .NET on Linux puts into HResult as it is.</summary>
    private const int WouldBlock = 11;
}
