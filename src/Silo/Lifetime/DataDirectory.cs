using System.Text.Json;
using Actors.Silo.Options;

namespace Actors.Silo.Lifetime;

/// <summary>
/// The silo's data directory while this process owns it: made when missing, locked against a second process, and checked
/// to belong to this node and to be in a format that this program knows.
/// </summary>
/// <remarks>Every refusal is a <see cref="SiloStartException"/> with a sentence; until the lock is held nothing is changed.</remarks>
public sealed class DataDirectory : IDisposable
{
    /// <summary>The layout that this program writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The file that says whose directory it is.</summary>
    public const string IdentityFileName = "silo.json";

    private readonly DirectoryLock _lock;
    private readonly DirectoryLock? _walLock;
    private readonly PidFile _pidFile;

    private DataDirectory(string path, string walPath, DirectoryLock directoryLock, DirectoryLock? walLock, PidFile pidFile, string secret)
    {
        FullPath = path;
        WalPath = walPath;
        _lock = directoryLock;
        _walLock = walLock;
        _pidFile = pidFile;
        Secret = secret;
    }

    /// <summary>The directory's absolute path.</summary>
    public string FullPath { get; }

    /// <summary>Absolute path of the write-ahead log's folder, in here or elsewhere.</summary>
    public string WalPath { get; }

    /// <summary>What whoever may read <see cref="SecretFile"/> knows; another one after each start.</summary>
    public string Secret { get; }

    /// <summary>Folder of the partitions' segments.</summary>
    public string LogPath => Path.Combine(FullPath, "log");

    /// <summary>File of the embedded store.</summary>
    public string StorePath => Path.Combine(FullPath, "store.db");

    /// <summary>Takes the directory for this process.</summary>
    /// <param name="options">Where it is and whose it has to be.</param>
    /// <param name="version">This program's version, noted for people.</param>
    public static DataDirectory Open(SiloOptions options, string version)
    {
        ArgumentNullException.ThrowIfNull(options);
        var path = Path.GetFullPath(options.DataDirectory);
        var walPath = Path.GetFullPath(options.EffectiveWalDirectory);
        var isWalOutside = !walPath.StartsWith(path + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        var directoryLock = Take(path, "Silo:DataDirectory");
        DirectoryLock? walLock = null;
        try
        {
            CheckIdentity(path, options.NodeId, version);
            Make(walPath, "Silo:WalDirectory");
            walLock = isWalOutside ? Take(walPath, "Silo:WalDirectory") : null;
            var secret = SecretFile.Write(path); // before the file that only who holds the directory removes
            return new(path, walPath, directoryLock, walLock, PidFile.Write(path), secret);
        }
        catch (Exception failure)
        {
            walLock?.Dispose();
            directoryLock.Dispose();
            if (failure is IOException or UnauthorizedAccessException) throw Unusable(path, "Silo:DataDirectory", failure);
            throw;
        }
    }

    /// <summary>Gives the directory back. Call last, when nothing writes to it any more.</summary>
    public void Dispose()
    {
        _pidFile.Dispose();
        _walLock?.Dispose();
        _lock.Dispose();
    }

    private static DirectoryLock Take(string path, string option)
    {
        Make(path, option);
        try
        {
            if (DirectoryLock.TryTake(path) is { } taken) return taken;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, option, failure);
        }

        var holder = PidFile.Read(path) is { } id ? $"process {id}" : "another process";
        throw new SiloStartException(
            $"The folder {path} is in use by {holder}. Stop that silo first, or give this one a folder of its own with --{option}=….");
    }

    private static void Make(string path, string option)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, option, failure);
        }
    }

    private static SiloStartException Unusable(string path, string option, Exception failure) => new(
        $"The folder {path} cannot be used: {failure.Message.TrimEnd('.')}. Make it writable for this user, or choose another with --{option}=….",
        failure);

    private static void CheckIdentity(string directory, int nodeId, string version)
    {
        var path = Path.Combine(directory, IdentityFileName);
        var found = File.Exists(path) ? Parse(path) : null;
        if (found is { Format: > CurrentFormat })
        {
            throw new SiloStartException(
                $"The folder {directory} was written by a newer program (version {found.Version}, format {found.Format}); this one, "
                + $"version {version}, knows formats up to {CurrentFormat}. Run the newer program, or choose another folder with --Silo:DataDirectory=….");
        }

        if (found is not null && found.NodeId != nodeId)
        {
            throw new SiloStartException(
                $"The folder {directory} belongs to node {found.NodeId}, and this silo is node {nodeId}. Start it with "
                + $"--Silo:NodeId={found.NodeId}, or give this node a folder of its own with --Silo:DataDirectory=….");
        }

        var identity = new DataIdentity(CurrentFormat, nodeId, version);
        if (identity != found) Write(path, identity);
    }

    private static DataIdentity Parse(string path)
    {
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllBytes(path), DataIdentityJson.Default.DataIdentity) is { } identity) return identity;
        }
        catch (JsonException)
        {
            // Said below, as for a file without content.
        }

        throw new SiloStartException(
            $"The file {path} does not say whose data this is: it is damaged. Restore it from a backup; it holds "
            + $"{{\"format\":{CurrentFormat},\"nodeId\":<this node's number>,\"version\":\"\"}}.");
    }

    // Whole and on the disk before it has its name, so that a crash leaves the old file or the new one.
    private static void Write(string path, DataIdentity identity)
    {
        var temporary = path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, identity, DataIdentityJson.Default.DataIdentity);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
