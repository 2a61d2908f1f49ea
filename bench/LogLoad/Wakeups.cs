using System.Diagnostics;
using System.Globalization;

namespace Actors.Bench.LogLoad;

/// <summary>How often the threads of a process have been put on a processor, and what memory it has resident.</summary>
internal readonly record struct Wakeups(long ContextSwitches, double ResidentMegabytes)
{
    /// <summary>Reads /proc: the switches of every live thread, voluntary or not.</summary>
    public static Wakeups Read(Process process)
    {
        var switches = Directory.EnumerateDirectories($"/proc/{process.Id}/task")
            .Sum(thread => Fields($"{thread}/status", "voluntary_ctxt_switches:") + Fields($"{thread}/status", "nonvoluntary_ctxt_switches:"));
        return new Wakeups(switches, Fields($"/proc/{process.Id}/status", "VmRSS:") / 1024.0);
    }

    private static long Fields(string file, string name)
    {
        try
        {
            var line = File.ReadLines(file).FirstOrDefault(text => text.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // The thread has ended.
            return 0;
        }
    }
}
