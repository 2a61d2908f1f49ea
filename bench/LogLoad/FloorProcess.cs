using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Actors.Harness;

namespace Actors.Bench.LogLoad;

/// <summary>The <see cref="FloorServer"/> in a process of its own.</summary>
internal sealed class FloorProcess : IServerUnderTest
{
    private readonly Process _process;

    private FloorProcess(Process process, int port) => (_process, Port) = (process, port);

    /// <inheritdoc/>
    public int Port { get; }

    /// <inheritdoc/>
    public Process Process => _process;

    /// <summary>Starts it and waits until it listens.</summary>
    public static FloorProcess Start(string directory, int fsyncMs)
    {
        var port = LoopbackPort.Next();
        var start = new ProcessStartInfo("dotnet",
        [
            Assembly.GetExecutingAssembly().Location, "floor-server", "--port", port.ToString(CultureInfo.InvariantCulture),
            "--directory", directory, "--fsync-ms", fsyncMs.ToString(CultureInfo.InvariantCulture),
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        return process.StandardOutput.ReadLine() == "ready" ? new FloorProcess(process, port) : throw new ForeignProgramException("the floor has not started");
    }

    /// <inheritdoc/>
    public WireLoad Wire(LogShape shape) => new FloorWire(shape.Batch, LogShape.MessageBytes);

    /// <inheritdoc/>
    public Task<double> SyncsAsync()
    {
        _process.StandardInput.WriteLine("syncs");
        return Task.FromResult(double.Parse(_process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public Task<double> CheckpointsAsync() => Task.FromResult(double.PositiveInfinity);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
        }

        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}
