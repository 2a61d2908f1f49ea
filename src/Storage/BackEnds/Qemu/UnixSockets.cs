namespace Actors.Storage.BackEnds.Qemu;

/// <summary>What the system tells of its local sockets. Source: Linux man-pages, proc(5), <c>/proc/net/unix</c>: Num RefCount Protocol Flags Type St Inode Path.</summary>
internal static class UnixSockets
{
    private const string Connected = "03";

    /// <summary>Whether somebody is connected to a socket; true when that cannot be told.</summary>
    public static bool HasClients(string path)
    {
        try
        {
            return File.ReadLines("/proc/net/unix").Any(line => line.Split(' ', 8, StringSplitOptions.RemoveEmptyEntries) is [_, _, _, _, _, Connected, _, var bound] && bound == path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
