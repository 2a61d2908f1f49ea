namespace Actors.Storage.BackEnds.Files;

/// <summary>An open file.</summary>
internal interface IVolumeFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads at <paramref name="offset"/>.</summary>
    /// <returns>Bytes read; fewer than asked for only at the end of the file.</returns>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes all of it at <paramref name="offset"/>; survives after <see cref="Sync"/>.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Cuts or extends the file; what is new is zeros that take no room.</summary>
    void SetLength(long lengthBytes);

    /// <summary>Gives it to an owner and a group, with what each may do; nothing happens when it is so.</summary>
    /// <exception cref="IOException">This process has no right to.</exception>
    void SetRights(FileRights rights);

    /// <summary>fsync: content and length survive.</summary>
    void Sync();

    /// <summary>Asks the system to forget what it holds of a range in memory: the next read comes from the disk.</summary>
    void DropCache(long offset, long lengthBytes);
}
