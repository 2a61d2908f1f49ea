using System.Globalization;
using System.Text;

namespace Actors.Log;

/// <summary>The small file that says whose a folder is: format and storage id. One beside the segments, one beside the write-ahead log.</summary>
internal static class StorageIdentity
{
    public const int Format = 1;

    private const string Name = "storage";
    private const string Word = "actors-log";
    private const int MaxBytes = 4_096;

    /// <summary>Reads the id.</summary>
    /// <returns>False when there is no such file.</returns>
    /// <exception cref="StorageFormatException">The file is of a newer format, or something else.</exception>
    public static bool TryRead(IFileSystem files, string directory, out Guid storageId)
    {
        storageId = default;
        string path = $"{directory}/{Name}";
        if (!files.TryGetLength(path, out _))
            return false;
        string[] words = Encoding.UTF8.GetString(files.ReadWhole(path, MaxBytes)).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3 || words[0] != Word || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int format) || !Guid.TryParse(words[2], out storageId))
            throw new StorageFormatException(path, $"this is not the identity of a log's folder. Restore the file, or choose an empty folder.");
        if (format > Format)
            throw new StorageFormatException(path, $"the folder has format {format}; this version reads up to {Format}. Start the version that wrote it.");
        return true;
    }

    /// <summary>Writes the id so that it is there whole or not at all.</summary>
    public static void Write(IFileSystem files, string directory, Guid storageId)
    {
        string path = $"{directory}/{Name}";
        using (IFile file = files.Open(path + ".new", FileOpening.Create))
        {
            file.WriteAll(Encoding.UTF8.GetBytes($"{Word} {Format.ToString(CultureInfo.InvariantCulture)} {storageId}\n"), 0);
            file.Sync();
        }

        files.Rename(path + ".new", path);
        files.SyncDirectory(directory);
    }
}
