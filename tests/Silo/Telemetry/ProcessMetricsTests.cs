using Actors.Harness;

namespace Actors.Silo.Tests.Telemetry;

public sealed class ProcessMetricsTests
{
    [Fact]
    public async Task The_process_shows_what_it_takes()
    {
        using var folder = new TemporaryDirectory();
        await using var silo = await SiloProcess.StartAsync(new(folder.FullName));
        silo.Process.Refresh();

        var cpuSeconds = await silo.MetricAsync("process_cpu_seconds_total");
        await silo.GetAsync("/metrics");

        Assert.InRange(await silo.MetricAsync("process_resident_memory_bytes") ?? 0, silo.Process.WorkingSet64 / 2.0, silo.Process.WorkingSet64 * 2.0);
        Assert.InRange(await silo.MetricAsync("process_start_time_seconds") ?? 0, Seconds(silo) - 5, Seconds(silo) + 5);
        Assert.True(await silo.MetricAsync("process_cpu_seconds_total") > cpuSeconds);
        Assert.True(await silo.MetricAsync("process_open_fds") > 10);
        Assert.True(await silo.MetricAsync("process_threads") > 5);
        Assert.True(await silo.MetricAsync("dotnet_gc_heap_total_allocated") > 0);
        Assert.True(await silo.MetricAsync("http_server_request_duration_count", "http_route=\"/metrics\"") > 0);
    }

    private static double Seconds(SiloProcess silo) =>
        new DateTimeOffset(silo.Process.StartTime.ToUniversalTime(), TimeSpan.Zero).ToUnixTimeMilliseconds() / 1000.0;
}
