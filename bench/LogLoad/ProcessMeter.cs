using System.Diagnostics;
using System.Globalization;

namespace Actors.Bench.LogLoad;

/// <summary>What a process has used so far: processor time, and bytes that it has passed to write calls (/proc/PID/io, wchar, which leaves sockets out).</summary>
internal readonly record struct ProcessMeter(TimeSpan Processor, long WrittenBytes)
{
    /// <summary>Reads both figures of a live process.</summary>
    public static ProcessMeter Read(Process process)
    {
        process.Refresh();
        var line = File.ReadLines($"/proc/{process.Id}/io").First(text => text.StartsWith("wchar:", StringComparison.Ordinal));
        return new ProcessMeter(process.TotalProcessorTime, long.Parse(line.AsSpan("wchar:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture));
    }
}
