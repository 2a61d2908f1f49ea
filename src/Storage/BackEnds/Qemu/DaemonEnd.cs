namespace Actors.Storage.BackEnds.Qemu;

/// <summary>
/// Tells when a daemon that was told to quit has ended. Its last act is to remove its pid file: until then its sockets, which the next one makes anew under the same names, may still be
/// its own to remove. To be made before it is told.
/// </summary>
internal sealed class DaemonEnd : IDisposable
{
    private readonly FileSystemWatcher _watcher;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _pidFile;

    /// <param name="pidFile">The daemon's.</param>
    public DaemonEnd(string pidFile)
    {
        _pidFile = pidFile;
        _watcher = new FileSystemWatcher(Path.GetDirectoryName(pidFile)!, Path.GetFileName(pidFile));
        _watcher.Deleted += (_, _) => _ended.TrySetResult();
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>Waits for it.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => File.Exists(_pidFile) ? _ended.Task.WaitAsync(cancellationToken) : Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _watcher.Dispose();
}
