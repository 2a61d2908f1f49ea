using System.Diagnostics;
using Actors.Storage.BackEnds.Files;

namespace Actors.Bench.Storage.Copies;

/// <summary>
/// An application that writes at a fixed rate, whatever becomes of its writes: 4 KiB at a random place of a file, past the page cache, and a sync. A write's time counts from when it was due,
/// so one that the disk keeps waiting makes those behind it late too.
/// </summary>
/// <param name="path">Its file.</param>
/// <param name="writesPerSecond">How many are due.</param>
internal sealed class ApplicationLoop(string path, int writesPerSecond)
{
    private const int WriteBytes = 4_096;
    private const int FileBytes = 256 << 20;
    private const int ChunkBytes = 256 << 10;

    /// <summary>Makes the file.</summary>
    public void Prepare()
    {
        var chunk = PageBuffer.Create(ChunkBytes);
        new Random(2).NextBytes(chunk.Span);
        using var file = LinuxVolumeFiles.Instance.OpenToFill(path);
        for (long at = 0; at < FileBytes; at += ChunkBytes) file.Write(chunk.Span, at);
        file.Sync();
    }

    /// <summary>Writes for a while on a thread of its own.</summary>
    /// <returns>How long each write took. Microseconds, the shortest first.</returns>
    public Task<double[]> RunAsync(TimeSpan window) => Task.Factory.StartNew(() => Run(window), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private double[] Run(TimeSpan window)
    {
        var page = PageBuffer.Create(WriteBytes);
        var random = new Random(3);
        random.NextBytes(page.Span);
        var took = new double[(int)(window.TotalSeconds * writesPerSecond)];
        using var file = LinuxVolumeFiles.Instance.OpenToFill(path);
        using var clock = new ManualResetEventSlim();
        var since = Stopwatch.GetTimestamp();
        for (var write = 0; write < took.Length; write++)
        {
            var due = TimeSpan.FromSeconds((double)write / writesPerSecond);
            // Waits on an event that nobody sets, to the millisecond, and then looks at the clock.
            if (due - Stopwatch.GetElapsedTime(since) is { TotalMilliseconds: > 1 } early) clock.Wait(early - TimeSpan.FromMilliseconds(1));
            while (Stopwatch.GetElapsedTime(since) < due) Thread.SpinWait(50);
            file.Write(page.Span, random.Next(FileBytes / WriteBytes) * (long)WriteBytes);
            file.Sync();
            took[write] = (Stopwatch.GetElapsedTime(since) - due).TotalMicroseconds;
        }

        Array.Sort(took);
        return took;
    }
}
