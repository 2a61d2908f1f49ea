using Actors.Storage.BackEnds.Files;

namespace Actors.Storage.Tests.BackEnds.Files;

/// <summary>
/// What processes did to files, one after the other, and nobody has made durable: a process that is killed leaves it in the system's memory, where the next one finds it, and a loss of power
/// takes it away whoever wrote it. One process at a time uses it, under a lock of its own.
/// </summary>
internal sealed class UnsyncedHistory(IVolumeFiles files)
{
    private readonly Stack<(string Folder, Action Undo)> _names = new();
    private readonly Dictionary<string, List<(long Offset, long Length)>> _ranges = [];
    private readonly List<string> _deleted = [];

    /// <summary>A file is about to be made.</summary>
    public void Making(string path)
    {
        if (!File.Exists(path)) Remember(path, () => File.Delete(path));
    }

    public void Linking(string path) => Remember(path, () => File.Delete(path));

    public void Renaming(string from, string to)
    {
        var (link, content) = (files.ReadLink(to), File.Exists(to) && files.ReadLink(to) is null ? File.ReadAllBytes(to) : null);
        Remember(to, () =>
        {
            File.Delete(to);
            if (link is not null) File.CreateSymbolicLink(to, link);
            if (content is not null) File.WriteAllBytes(to, content);
        });
        if (_ranges.Remove(from, out var ranges)) _ranges[to] = ranges;
    }

    /// <summary>Removes a file's name; its content is there until that is durable.</summary>
    public void Delete(string path)
    {
        if (!File.Exists(path)) return;
        var backup = path + ".gone";
        File.Move(path, backup);
        Remember(path, () => File.Move(backup, path));
        _deleted.Add(backup);
    }

    public void Wrote(string path, long offset, long length)
    {
        if (!_ranges.TryGetValue(path, out var ranges)) _ranges[path] = ranges = [];
        ranges.Add((offset, length));
    }

    public void Synced(string path) => _ranges.Remove(path);

    public void SyncedFolder(string folder)
    {
        var kept = _names.Where(change => change.Folder != folder).Reverse().ToList();
        _names.Clear();
        foreach (var change in kept) _names.Push(change);
        foreach (var gone in _deleted.Where(gone => Path.GetDirectoryName(gone) == folder)) File.Delete(gone);
        _deleted.RemoveAll(gone => Path.GetDirectoryName(gone) == folder);
    }

    /// <summary>What is not durable goes: content is zeros, and names are as before.</summary>
    public void CutPower()
    {
        foreach (var (path, ranges) in _ranges)
        {
            if (!File.Exists(path)) continue;
            using var file = files.OpenToFill(path);
            foreach (var (offset, length) in ranges.Where(range => range.Offset < file.Length))
                file.Write(new byte[Math.Min(length, file.Length - offset)], offset);
        }

        while (_names.TryPop(out var change)) change.Undo();
        _ranges.Clear();
        _deleted.Clear();
    }

    private void Remember(string path, Action undo) => _names.Push((Path.GetDirectoryName(path)!, undo));
}
