namespace Actors.Log.Tests.Faults;

/// <summary>A file system in memory that can lose power, be full, be slow, write short and fail, at any operation.</summary>
internal sealed class SimulatedFileSystem : IFileSystem
{
    private readonly Lock _lock = new();
    private readonly SimulatedFolder _root;
    private long _changes;
    private long _cutAt = long.MaxValue;

    public SimulatedFileSystem()
        : this(new SimulatedFolder())
    {
    }

    private SimulatedFileSystem(SimulatedFolder root) => _root = root;

    /// <summary>Called before every operation, outside the lock; what it throws, the operation throws.</summary>
    public Action<FileOperation>? Before { get; set; }

    /// <summary>When set, a write does only so many bytes at a time.</summary>
    public Func<int, int>? ShortWrite { get; set; }

    /// <summary>Bytes that all files may have together; the write-ahead files count.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>Operations so far that change something or make it durable.</summary>
    public long Changes => Volatile.Read(ref _changes);

    public bool IsPowerLost => Changes >= _cutAt;

    public long UsedBytes
    {
        get
        {
            lock (_lock)
                return Used(_root);
        }
    }

    /// <summary>The power goes at the <paramref name="changes"/>th change from now; that one may still have begun.</summary>
    public void CutPowerAfter(long changes) => Volatile.Write(ref _cutAt, Changes + changes);

    /// <summary>What is left when the power comes back.</summary>
    public SimulatedFileSystem AfterPowerLoss(Random random)
    {
        lock (_lock)
            return new SimulatedFileSystem((SimulatedFolder)_root.AfterPowerLoss(random)) { CapacityBytes = CapacityBytes };
    }

    /// <summary>The same files for a new process, after the old one was killed: nothing is lost.</summary>
    public SimulatedFileSystem AfterKill() => new(_root) { CapacityBytes = CapacityBytes };

    /// <summary>Changes bytes behind everybody's back, as a rotting disk does.</summary>
    public void Corrupt(string path, Action<SimulatedFile> change)
    {
        lock (_lock)
        {
            SimulatedFile file = Find(path) as SimulatedFile ?? throw new FileNotFoundException(path);
            change(file);
            file.Sync();
        }
    }

    public IFile Open(string path, FileOpening opening)
    {
        Before?.Invoke(new FileOperation(FileOperationKind.Open, path));
        lock (_lock)
        {
            (SimulatedFolder folder, string name) = Parent(path);
            var file = folder.Names.GetValueOrDefault(name) as SimulatedFile;
            if (file is null && opening == FileOpening.Existing)
                throw new FileNotFoundException($"{path} is missing.", path);
            if (file is null)
            {
                Count();
                folder.Change((name, file = new SimulatedFile()));
            }
            else if (opening == FileOpening.Create)
            {
                Count();
                file.SetLength(0);
            }

            return new Handle(this, path, file);
        }
    }

    public IFile OpenDirect(string path, FileOpening opening) => Open(path, opening);

    public bool TryGetLength(string path, out long lengthBytes)
    {
        lock (_lock)
        {
            var file = Find(path) as SimulatedFile;
            lengthBytes = file?.Length ?? 0;
            return file is not null;
        }
    }

    public bool DirectoryExists(string path)
    {
        lock (_lock)
            return Find(path) is SimulatedFolder;
    }

    public IReadOnlyList<string> ListFiles(string directory) => List<SimulatedFile>(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => List<SimulatedFolder>(directory);

    public void CreateDirectory(string path)
    {
        Before?.Invoke(new FileOperation(FileOperationKind.CreateDirectory, path));
        lock (_lock)
        {
            SimulatedFolder folder = _root;
            foreach (string name in Split(path))
            {
                if (!folder.Names.TryGetValue(name, out SimulatedNode? next))
                {
                    Count();
                    folder.Change((name, next = new SimulatedFolder()));
                }

                folder = (SimulatedFolder)next;
            }
        }
    }

    public void Rename(string from, string to)
    {
        Before?.Invoke(new FileOperation(FileOperationKind.Rename, from));
        lock (_lock)
        {
            (SimulatedFolder source, string oldName) = Parent(from);
            (SimulatedFolder target, string newName) = Parent(to);
            SimulatedNode node = source.Names.GetValueOrDefault(oldName) ?? throw new FileNotFoundException($"{from} is missing.", from);
            Assert.Same(source, target);
            Count();
            source.Change((oldName, null), (newName, node));
        }
    }

    public void DeleteFile(string path)
    {
        Before?.Invoke(new FileOperation(FileOperationKind.Delete, path));
        Remove(path);
    }

    public void DeleteDirectory(string path)
    {
        Before?.Invoke(new FileOperation(FileOperationKind.Delete, path));
        Remove(path);
    }

    public void SyncDirectory(string path)
    {
        Before?.Invoke(new FileOperation(FileOperationKind.SyncDirectory, path));
        lock (_lock)
        {
            SimulatedFolder folder = Find(path) as SimulatedFolder ?? throw new DirectoryNotFoundException($"{path} is missing.");
            Count();
            folder.Sync();
        }
    }

    public IWholeSync OpenWholeSync(string directory) => new WholeSync(this);

    public long GetFreeBytes(string directory) => CapacityBytes == long.MaxValue ? long.MaxValue / 2 : CapacityBytes - UsedBytes;

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static long Used(SimulatedFolder folder) =>
        folder.Names.Values.Sum(n => n is SimulatedFolder inner ? Used(inner) : ((SimulatedFile)n).Length);

    private static void SyncAll(SimulatedFolder folder)
    {
        folder.Sync();
        foreach (SimulatedNode node in folder.Names.Values)
        {
            if (node is SimulatedFolder inner)
                SyncAll(inner);
            else
                ((SimulatedFile)node).Sync();
        }
    }

    private void Remove(string path)
    {
        lock (_lock)
        {
            if (Find(path) is null)
                return;
            (SimulatedFolder folder, string name) = Parent(path);
            Count();
            folder.Change((name, null));
        }
    }

    private List<string> List<T>(string directory)
        where T : SimulatedNode
    {
        lock (_lock)
        {
            return Find(directory) is SimulatedFolder folder
                ? [.. folder.Names.Where(n => n.Value is T).Select(n => n.Key).Order(StringComparer.Ordinal)]
                : [];
        }
    }

    /// <summary>One change; the last one before the power goes has begun, those after it do not happen.</summary>
    private void Count()
    {
        long number = Interlocked.Increment(ref _changes);
        if (number > _cutAt)
            throw new PowerLostException();
    }

    private SimulatedNode? Find(string path)
    {
        SimulatedNode? node = _root;
        foreach (string name in Split(path))
            node = (node as SimulatedFolder)?.Names.GetValueOrDefault(name);
        return node;
    }

    private (SimulatedFolder Folder, string Name) Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        string folder = path[..slash];
        return (Find(folder) as SimulatedFolder ?? throw new DirectoryNotFoundException($"{folder} is missing."), path[(slash + 1)..]);
    }

    private sealed class WholeSync(SimulatedFileSystem owner) : IWholeSync
    {
        public void Sync()
        {
            owner.Before?.Invoke(new FileOperation(FileOperationKind.WholeSync, "/"));
            lock (owner._lock)
            {
                owner.Count();
                SyncAll(owner._root);
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class Handle(SimulatedFileSystem owner, string path, SimulatedFile file) : IFile
    {
        private bool _isClosed;

        public string Path => path;

        public long Length
        {
            get
            {
                lock (owner._lock)
                    return file.Length;
            }
        }

        public int Read(Span<byte> buffer, long offset)
        {
            owner.Before?.Invoke(new FileOperation(FileOperationKind.Read, path, offset, buffer.Length));
            lock (owner._lock)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                if (offset >= file.Length)
                    return 0;
                int read = (int)Math.Min(buffer.Length, file.Length - offset);
                file.Content.Slice((int)offset, read).CopyTo(buffer);
                return read;
            }
        }

        public int Write(ReadOnlySpan<byte> bytes, long offset)
        {
            owner.Before?.Invoke(new FileOperation(FileOperationKind.Write, path, offset, bytes.Length));
            lock (owner._lock)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                long growth = Math.Max(0, offset + bytes.Length - file.Length);
                if (growth > 0 && owner.CapacityBytes != long.MaxValue && Used(owner._root) + growth > owner.CapacityBytes)
                    throw new NoSpaceException(path);
                owner.Count();
                int written = owner.ShortWrite?.Invoke(bytes.Length) ?? bytes.Length;
                file.Write(bytes[..written], (int)offset);
                return written;
            }
        }

        public void SetLength(long lengthBytes)
        {
            owner.Before?.Invoke(new FileOperation(FileOperationKind.SetLength, path, lengthBytes));
            lock (owner._lock)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                owner.Count();
                file.SetLength((int)lengthBytes);
            }
        }

        public void Allocate(long lengthBytes)
        {
            owner.Before?.Invoke(new FileOperation(FileOperationKind.Allocate, path, 0, lengthBytes));
            lock (owner._lock)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                if (owner.CapacityBytes != long.MaxValue && Used(owner._root) + lengthBytes - file.Length > owner.CapacityBytes)
                    throw new NoSpaceException(path);
                owner.Count();
                file.SetLength((int)lengthBytes);
            }
        }

        public void Sync()
        {
            owner.Before?.Invoke(new FileOperation(FileOperationKind.Sync, path));
            lock (owner._lock)
            {
                ObjectDisposedException.ThrowIf(_isClosed, this);
                owner.Count();
                file.Sync();
            }
        }

        public void StartWriteback(long offset, long lengthBytes)
        {
        }

        public void Dispose() => _isClosed = true;
    }
}
