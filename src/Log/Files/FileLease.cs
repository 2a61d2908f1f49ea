namespace Actors.Log;

/// <summary>A file that stays open until the lease is disposed.</summary>
internal readonly struct FileLease(OpenFiles owner, FileSlot slot, IFile file) : IDisposable
{
    public IFile File { get; } = file;

    public void Dispose() => owner.Return(slot);
}
