using System.Globalization;

namespace Actors.Gateway.Agents;

/// <summary>How many sockets of agents and clients a silo may hold: each needs a file descriptor, and the rest of the silo needs some too.</summary>
internal sealed class SocketLimit
{
    /// <summary>Descriptors that are left for logs, other clients, silos and the store.</summary>
    private const int KeptFiles = 768;

    /// <summary>Where no limit is known.</summary>
    private const int MostSockets = 1_000_000;

    private const string LimitsFile = "/proc/self/limits";

    private SocketLimit(long openFiles, int allowed) => (OpenFiles, Allowed) = (openFiles, allowed);

    /// <summary>The limit of open files; <see cref="long.MaxValue"/> for none.</summary>
    public long OpenFiles { get; }

    /// <summary>Sockets that may be open at the same time.</summary>
    public int Allowed { get; }

    /// <summary>Works it out.</summary>
    /// <param name="wanted">Sockets that are wanted; 0 for as many as there is room for.</param>
    /// <param name="openFiles">The process's limit of open files.</param>
    public static SocketLimit Of(int wanted, long openFiles)
    {
        var room = (int)Math.Clamp(openFiles - KeptFiles, 1, MostSockets);
        return new SocketLimit(openFiles, wanted == 0 ? room : Math.Min(wanted, room));
    }

    /// <summary>The limit of open files that so many sockets need.</summary>
    public static long FilesFor(int sockets) => (long)sockets + KeptFiles;

    /// <summary>The limit of this process, as the system says it; <see cref="long.MaxValue"/> where it says none.</summary>
    public static long ReadOpenFiles()
    {
        if (!File.Exists(LimitsFile))
            return long.MaxValue;
        foreach (var line in File.ReadLines(LimitsFile))
        {
            const string Name = "Max open files";
            if (line.StartsWith(Name, StringComparison.Ordinal))
            {
                var soft = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
                return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var files) ? files : long.MaxValue;
            }
        }

        return long.MaxValue;
    }
}
