using Actors.Log.Tests.Faults;

namespace Actors.Log.Tests.Support;

/// <summary>What the files of a write-ahead log hold, for tests that change it.</summary>
internal static class WalBytes
{
    /// <summary>The file that was begun last.</summary>
    public static (string Path, WalFileHeader Header) Newest(SimulatedFileSystem files, string directory) =>
        files.ListFiles(directory).Where(WalFiles.IsName)
            .Select(name => (Path: $"{directory}/{name}", Header: HeaderOf(files, $"{directory}/{name}")))
            .Where(file => file.Header is not null)
            .Select(file => (file.Path, file.Header!.Value))
            .MaxBy(file => file.Value.Sequence);

    public static WalFileHeader? HeaderOf(SimulatedFileSystem files, string path) =>
        WalFileHeader.TryRead(files.ReadWhole(path, int.MaxValue), out WalFileHeader header, out _) ? header : null;

    /// <summary>The sound flush headers of a file's present use, in their order.</summary>
    public static List<WalRecord> Flushes(SimulatedFileSystem files, string path)
    {
        byte[] bytes = files.ReadWhole(path, int.MaxValue);
        WalFileHeader header = HeaderOf(files, path)!.Value;
        var flushes = new List<WalRecord>();
        for (int at = WalFileHeader.DataStart; at < bytes.Length; at += WalFileHeader.PageBytes)
        {
            if (WalRecord.TryRead(bytes.AsSpan(at), header.Salt, header.FirstLsn + at - WalFileHeader.DataStart, out WalRecord record) && record.Type == WalRecordType.FlushHeader)
                flushes.Add(record);
        }

        return flushes;
    }

    /// <summary>Position in the file of an LSN.</summary>
    public static long PositionOf(SimulatedFileSystem files, string path, long lsn) =>
        WalFileHeader.DataStart + lsn - HeaderOf(files, path)!.Value.FirstLsn;

    /// <summary>A whole flush with one append in it, as it would be written behind <paramref name="previousEndLsn"/>.</summary>
    public static byte[] FlushOf(uint salt, long startLsn, long previousEndLsn, LogId log, long baseOffset, byte[] batch)
    {
        int length = (2 * WalRecord.HeaderBytes) + batch.Length;
        var bytes = new byte[WalFileHeader.AlignUp(length)];
        new WalRecord(WalRecordType.FlushHeader, 0, startLsn, WalRecord.HeaderBytes, default, 0, previousEndLsn, startLsn + length)
            .Write(bytes.AsSpan(0, WalRecord.HeaderBytes), salt);
        batch.CopyTo(bytes.AsSpan(2 * WalRecord.HeaderBytes));
        new WalRecord(WalRecordType.Append, 0, startLsn + WalRecord.HeaderBytes, length - WalRecord.HeaderBytes, log, 0, baseOffset, baseOffset + 1)
            .Write(bytes.AsSpan(WalRecord.HeaderBytes, length - WalRecord.HeaderBytes), salt);
        return bytes;
    }
}
