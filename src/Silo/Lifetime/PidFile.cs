using System.Globalization;

namespace Actors.Silo.Lifetime;

/// <summary>
/// The file <c>silo.pid</c>: the number of the process that holds the data directory, for scripts that stop or kill it.
/// Only a hint: after a crash it stays behind. What excludes a second process is the lock.
/// </summary>
public sealed class PidFile : IDisposable
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "silo.pid";

    private readonly string _path;

    private PidFile(string path) => _path = path;

    /// <summary>Writes the file for this process; <see cref="Dispose"/> removes it.</summary>
    public static PidFile Write(string directory)
    {
        var file = new PidFile(Path.Combine(directory, FileName));
        File.WriteAllText(file._path, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
        return file;
    }

    /// <summary>The process number that the file names; null when there is none to read.</summary>
    public static int? Read(string directory)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(directory, FileName));
            return int.TryParse(text, NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var id) ? id : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Removes the file. One that cannot be removed only misleads, as after a crash.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }
}
