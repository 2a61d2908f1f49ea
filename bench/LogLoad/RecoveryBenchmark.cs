using System.Diagnostics;
using Actors.Bench.Report;
using Actors.Harness;

namespace Actors.Bench.LogLoad;

/// <summary><c>scripts/bench recovery</c>: a silo is killed with a write-ahead log full of records, and started again.</summary>
internal static class RecoveryBenchmark
{
    private static readonly LogShape Shape = new(1, 10, 100);

    /// <summary>Runs it; <c>--megabytes N</c> sets how much is in the write-ahead log when the silo is killed.</summary>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        var megabytes = arguments.Number("megabytes", 600, 10, 700);
        arguments.RefuseRest();
        var report = new BenchReport("recovery");
        using var empty = new TemporaryDirectory();
        var withNothing = await ReadyAsync(empty.FullName);

        foreach (var isCold in (bool[])[false, true])
        {
            await MeasureAsync(report, megabytes, isCold, withNothing);
        }

        report.Finish();
        return 0;
    }

    /// <param name="isCold">Whether the files come from the disk, as after a start of the machine; else from the page cache.</param>
    private static async Task MeasureAsync(BenchReport report, int megabytes, bool isCold, TimeSpan withNothing)
    {
        using var data = new TemporaryDirectory();
        await using (var silo = await SiloUnderTest.StartAsync(data.FullName, fsyncMs: 0, checkpointMegabytes: megabytes * 2))
        {
            using var connection = new LoadConnection(silo.Wire(Shape), silo.Port, Shape.Outstanding);
            _ = ClosedLoop.Run([connection], TimeSpan.Zero, TimeSpan.FromSeconds(1),
                () => silo.DirtyBytesAsync().GetAwaiter().GetResult() >= megabytes * 1_048_576.0);
            await silo.Silo.KillAsync();
        }

        DropIf(isCold, data.FullName);
        var readRate = SequentialReadMegabytesPerSecond(data.FullName);
        DropIf(isCold, data.FullName);
        var withLog = await ReadyAsync(data.FullName);
        report.Add(
            $"{megabytes} MB in the write-ahead log, {(isCold ? "cold" : "in the page cache")}",
            BenchReport.Figure("ready s", withLog.TotalSeconds),
            BenchReport.Figure("ready with nothing s", withNothing.TotalSeconds),
            BenchReport.Figure("replay MB/s", megabytes / (withLog - withNothing).TotalSeconds),
            BenchReport.Figure("file read MB/s", readRate));
    }

    private static void DropIf(bool isCold, string directory)
    {
        if (isCold)
        {
            PageCache.Drop(directory);
        }
    }

    private static async Task<TimeSpan> ReadyAsync(string directory)
    {
        var start = Stopwatch.GetTimestamp();
        await using var silo = await SiloUnderTest.StartAsync(directory, fsyncMs: 0, partitions: 0);
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>What reading the same files costs at least, from where the silo has them: the page cache or the disk.</summary>
    private static double SequentialReadMegabytesPerSecond(string directory)
    {
        var buffer = new byte[1 << 20];
        long bytes = 0;
        var start = Stopwatch.GetTimestamp();
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                bytes += read;
            }
        }

        return bytes / 1_048_576.0 / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
