namespace Actors.Log;

/// <summary>Another file system with syncs that take longer by a fixed time, as those of a slower disk do. For measurements.</summary>
/// <remarks>The time is waited for on the real clock and on the thread that syncs, behind the sync; without a processor's help.</remarks>
/// <param name="files">Does the work.</param>
/// <param name="delay">Added to every sync of a file, a folder or everything; at least a millisecond, whole milliseconds count.</param>
public sealed class SlowSyncFileSystem(IFileSystem files, TimeSpan delay) : SyncFileSystem(files)
{
    /// <summary>What every sync takes longer.</summary>
    public TimeSpan Delay { get; } = delay >= TimeSpan.FromMilliseconds(1) ? delay : throw new ArgumentOutOfRangeException(nameof(delay), delay, "A delay is at least a millisecond.");

    /// <inheritdoc/>
    public override void SyncDirectory(string path)
    {
        base.SyncDirectory(path);
        Wait();
    }

    /// <inheritdoc/>
    protected override void Sync(IFile file)
    {
        base.Sync(file);
        Wait();
    }

    /// <inheritdoc/>
    protected override void Sync(IWholeSync whole)
    {
        base.Sync(whole);
        Wait();
    }

    private void Wait()
    {
        using var never = new ManualResetEvent(initialState: false);
        never.WaitOne(Delay);
    }
}
