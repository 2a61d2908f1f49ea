using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Actors.Storage.BackEnds.Qemu;

/// <summary>Processes with a mark in their environment, which those that they start have too: a daemon that has left its parent is found by it.</summary>
internal static class MarkedProcesses
{
    /// <summary>Ends all that have the mark.</summary>
    public static void Kill(string variable, string mark)
    {
        var wanted = Encoding.UTF8.GetBytes($"{variable}={mark}\0");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            try
            {
                if (File.ReadAllBytes($"{folder}/environ").AsSpan().IndexOf(wanted) < 0) continue;
                using var process = Process.GetProcessById(id);
                process.Kill();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
            {
                // It has ended, or belongs to another user.
            }
        }
    }
}
