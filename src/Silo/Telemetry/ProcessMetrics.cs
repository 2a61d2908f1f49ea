using System.Diagnostics;
using System.Diagnostics.Metrics;
using Actors.Silo.Hosting;

namespace Actors.Silo.Telemetry;

/// <summary>What the process takes from the machine, under the names that every Prometheus client library uses.</summary>
/// <remarks>Source: Prometheus, "Writing client libraries", process metrics.</remarks>
public sealed class ProcessMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Actors.Process";

    /// <summary>Declares the instruments; they are read when somebody asks.</summary>
    public ProcessMetrics(IMeterFactory meters, SiloIdentity silo)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(silo);
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter(
            "process_cpu_seconds_total", static () => Environment.CpuUsage.TotalTime.TotalSeconds, null, "User and system CPU time, in seconds.");
        meter.CreateObservableGauge(
            "process_resident_memory_bytes", static () => Environment.WorkingSet, null, "Resident memory, in bytes.");
        meter.CreateObservableGauge(
            "process_start_time_seconds",
            () => silo.StartedAt.ToUnixTimeMilliseconds() / 1000.0,
            null,
            "Start of the program, in seconds since 1970.");
        meter.CreateObservableGauge("process_open_fds", static () => OpenFiles(), null, "Open file descriptors.");
        meter.CreateObservableGauge("process_threads", static () => Threads(), null, "Threads of the operating system.");
        meter.CreateObservableGauge(
            "actors_silo_info",
            () => new Measurement<int>(1, new("name", silo.Name), new("node_id", silo.NodeId), new("version", silo.Version)),
            null,
            "Always 1; the labels say who this silo is.");
    }

    private static int OpenFiles() => Directory.Exists("/proc/self/fd") ? Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() : 0;

    private static int Threads()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Count;
    }
}
