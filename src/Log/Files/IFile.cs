namespace Actors.Log;

/// <summary>An open file. Reads may run beside anything; the caller serialises writes that overlap.</summary>
public interface IFile : IDisposable
{
    string Path { get; }

    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads at <paramref name="offset"/>.</summary>
    /// <returns>Bytes read; fewer than asked for only at the end of the file.</returns>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes at <paramref name="offset"/>; survives after <see cref="Sync"/>.</summary>
    /// <returns>Bytes written, at least 1; a short write is not an error, the caller goes on behind it.</returns>
    int Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Cuts or extends the file; survives after <see cref="Sync"/>.</summary>
    void SetLength(long lengthBytes);

    /// <summary>Reserves disk space for the first <paramref name="lengthBytes"/> bytes and makes the file at least that long, filled with zeros.</summary>
    void Allocate(long lengthBytes);

    /// <summary>fdatasync: content, and the length when it grew, survive.</summary>
    void Sync();

    /// <summary>Asks the system to begin writing dirty pages of a range; promises nothing.</summary>
    void StartWriteback(long offset, long lengthBytes);
}
