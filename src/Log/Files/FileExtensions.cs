namespace Actors.Log;

/// <summary>Whole reads and writes over a seam that may do part of them.</summary>
internal static class FileExtensions
{
    /// <summary>Writes all of <paramref name="bytes"/>, going on behind short writes.</summary>
    public static void WriteAll(this IFile file, ReadOnlySpan<byte> bytes, long offset)
    {
        while (!bytes.IsEmpty)
        {
            int written = file.Write(bytes, offset);
            if (written <= 0 || written > bytes.Length)
                throw new IOException($"A write of {bytes.Length} bytes to {file.Path} at {offset} reported {written}.");
            bytes = bytes[written..];
            offset += written;
        }
    }

    /// <summary>Reads until <paramref name="buffer"/> is full or the file ends.</summary>
    public static int ReadAll(this IFile file, Span<byte> buffer, long offset)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = file.Read(buffer[total..], offset + total);
            if (read <= 0)
                break;
            total += read;
        }

        return total;
    }

    /// <summary>The whole file.</summary>
    public static byte[] ReadWhole(this IFileSystem files, string path, int maxBytes)
    {
        using IFile file = files.Open(path, FileOpening.Existing);
        long length = file.Length;
        if (length > maxBytes)
            throw new IOException($"{path} has {length} bytes; at most {maxBytes} make sense here.");
        var bytes = new byte[length];
        int read = file.ReadAll(bytes, 0);
        return read == bytes.Length ? bytes : bytes[..read];
    }
}
