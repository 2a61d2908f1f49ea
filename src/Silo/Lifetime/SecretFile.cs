using System.Security.Cryptography;

namespace Actors.Silo.Lifetime;

/// <summary>
/// The file <c>agents.secret</c>: what its reader may look after the tokens of agents with. Each start writes another one, which only the
/// silo's user may read.
/// </summary>
public static class SecretFile
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "agents.secret";

    private const int SecretBytes = 32;

    /// <summary>Writes a new secret.</summary>
    /// <param name="directory">The data directory, held by this process.</param>
    /// <returns>The secret: hexadecimal digits.</returns>
    public static string Write(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var temporary = path + ".new";
        var secret = RandomNumberGenerator.GetHexString(2 * SecretBytes, lowercase: true);
        File.Delete(temporary); // one that a crash has left would keep its mode
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new StreamWriter(temporary, options)) file.WriteLine(secret);
        File.Move(temporary, path, overwrite: true); // whoever reads finds the old secret or the new one
        return secret;
    }
}
