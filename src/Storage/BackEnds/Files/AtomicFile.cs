namespace Actors.Storage.BackEnds.Files;

/// <summary>Small files that are there whole, as before or as after, whenever the power fails.</summary>
internal static class AtomicFile
{
    /// <summary>Reads a file; null when there is none.</summary>
    /// <exception cref="IOException">It is longer than <paramref name="maxBytes"/>.</exception>
    public static byte[]? Read(IVolumeFiles files, string path, int maxBytes)
    {
        if (files.Stamp(path) is null) return null;
        using var file = files.OpenToRead(path);
        var length = file.Length;
        if (length > maxBytes) throw new IOException($"{path} has {length} bytes, more than the {maxBytes} that it may have");
        var content = new byte[length];
        return content[..file.Read(content, 0)];
    }

    /// <summary>Writes the content beside it, makes it durable, and renames it into its place.</summary>
    public static void Write(IVolumeFiles files, string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        using (var file = files.OpenToFill(temporary))
        {
            file.SetLength(0);
            file.Write(content, 0);
            file.Sync();
        }

        files.Rename(temporary, path);
        files.SyncFolder(Path.GetDirectoryName(path)!);
    }
}
