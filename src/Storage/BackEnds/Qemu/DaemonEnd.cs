using System.Globalization;
using System.Text;

namespace Actors.Storage.BackEnds.Qemu;

/// <summary>
/// Tells whether a daemon has ended that does not answer any more. Its last act is to remove its pid file: until then its sockets, which the next one makes anew under the same names, may still be
/// its own to remove. One that was killed leaves the file, and its number may be another program's by now: it lives when a process of that number was started with that file.
/// </summary>
/// <remarks>It looks again and again: notices of the kernel are lost when many come, and a user has 128 listeners for them, which other programs use up.</remarks>
internal static class DaemonEnd
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);

    /// <summary>Whether it has removed its pid file, or lives no more.</summary>
    /// <param name="pidFile">The daemon's, in its volume's folder.</param>
    public static bool HasEnded(string pidFile)
    {
        try
        {
            // One that has ended, and that nobody has waited for yet, has no arguments any more.
            return !int.TryParse(File.ReadAllText(pidFile), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var id)
                || File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/cmdline")).AsSpan().IndexOf(Argument(pidFile)) < 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true; // there is no such file or process, or it ends right now
        }
    }

    /// <summary>Waits for it.</summary>
    /// <param name="pidFile">The daemon's.</param>
    /// <param name="cancellationToken">Ends the waiting: by then it is not known to have ended.</param>
    public static async Task WaitAsync(string pidFile, CancellationToken cancellationToken)
    {
        while (!HasEnded(pidFile)) await PauseAsync(cancellationToken);
    }

    /// <summary>Between two looks. Another process is waited for, and that has the machine's time.</summary>
    public static Task PauseAsync(CancellationToken cancellationToken) => Task.Delay(LookAgain, TimeProvider.System, cancellationToken);

    // Without the folders above the volume's: another silo may reach them by another path.
    private static byte[] Argument(string pidFile) => Encoding.UTF8.GetBytes($"/{Path.GetFileName(Path.GetDirectoryName(pidFile))}/{Path.GetFileName(pidFile)}\0");
}
