using System.Diagnostics;
using System.Globalization;

namespace Actors.Bench.LogLoad;

/// <summary>What a process has used so far: processor time, and bytes that it has sent towards the disk (/proc/PID/io, write_bytes).</summary>
internal readonly record struct ProcessMeter(TimeSpan Processor, long WrittenBytes)
{
    /// <summary>Reads both figures of a live process.</summary>
    public static ProcessMeter Read(Process process)
    {
        process.Refresh();
        var line = File.ReadLines($"/proc/{process.Id}/io").First(text => text.StartsWith("write_bytes:", StringComparison.Ordinal));
        return new ProcessMeter(process.TotalProcessorTime, long.Parse(line.AsSpan("write_bytes:".Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture));
    }
}
