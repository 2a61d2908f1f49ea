namespace Actors.Log;

/// <summary>Opens files when they are used and closes those that have not been used longest, above a limit.</summary>
internal sealed class OpenFiles(IFileSystem files, int maxOpen) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly LinkedList<FileSlot> _open = new();
    private bool _isDisposed;

    /// <summary>Whether a file is there, and its length.</summary>
    public bool Exists(string path, out long lengthBytes) => files.TryGetLength(path, out lengthBytes);

    /// <summary>Files that are open now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _open.Count;
        }
    }

    /// <summary>The file of <paramref name="slot"/>, opened if need be. More than the limit are open only while they are used.</summary>
    public FileLease Use(FileSlot slot, FileOpening opening = FileOpening.Existing)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (slot.IsDeleted)
                throw new FileNotFoundException($"{slot.Path} has been deleted.", slot.Path);
            if (slot.File is null)
            {
                CloseIdle(maxOpen);
                slot.File = Open(slot.Path, opening);
                slot.Node = _open.AddFirst(slot);
            }
            else
            {
                if (opening == FileOpening.Create)
                    slot.File.SetLength(0);
                _open.Remove(slot.Node!);
                _open.AddFirst(slot.Node!);
            }

            slot.Users++;
            return new FileLease(this, slot, slot.File);
        }
    }

    public void Return(FileSlot slot)
    {
        lock (_lock)
        {
            slot.Users--;
            if (slot.IsDeleted && slot.Users == 0)
                Close(slot);
        }
    }

    /// <summary>Unlinks the file; who uses it now may finish.</summary>
    public void Delete(FileSlot slot)
    {
        Forget(slot);
        files.DeleteFile(slot.Path);
    }

    /// <summary>Closes the file for good; its name is somebody else's business.</summary>
    public void Forget(FileSlot slot)
    {
        lock (_lock)
        {
            slot.IsDeleted = true;
            if (slot.Users == 0)
                Close(slot);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            while (_open.First is { } node)
                Close(node.Value);
        }
    }

    /// <summary>When the process may open no more files, those that are idle here make room.</summary>
    private IFile Open(string path, FileOpening opening)
    {
        try
        {
            return files.Open(path, opening);
        }
        catch (TooManyOpenFilesException) when (CloseIdle(1))
        {
            return files.Open(path, opening);
        }
    }

    /// <summary>Closes files that nobody uses, the one first that has not been used longest, until fewer than <paramref name="count"/> are open.</summary>
    /// <returns>Whether one was closed.</returns>
    private bool CloseIdle(int count)
    {
        int before = _open.Count;
        LinkedListNode<FileSlot>? candidate = _open.Last;
        while (_open.Count >= count && candidate is not null)
        {
            LinkedListNode<FileSlot>? next = candidate.Previous;
            if (candidate.Value.Users == 0)
                Close(candidate.Value);
            candidate = next;
        }

        return _open.Count < before;
    }

    private void Close(FileSlot slot)
    {
        if (slot.File is null)
            return;
        if (slot.IsDirty)
            slot.WasClosedDirty = true;
        slot.File.Dispose();
        slot.File = null;
        _open.Remove(slot.Node!);
        slot.Node = null;
    }
}
