using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Actors.Harness;

namespace Actors.Bench.Storage;

/// <summary>The <see cref="SlowPrometheus"/> in a process of its own.</summary>
internal sealed class SlowPrometheusProcess : IDisposable
{
    private readonly Process _process;

    private SlowPrometheusProcess(Process process, int port) => (_process, Address) = (process, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")));

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts it and waits until it listens.</summary>
    public static SlowPrometheusProcess Start(int volumes, int delayMs)
    {
        var port = LoopbackPort.Next();
        string[] arguments =
        [
            Assembly.GetExecutingAssembly().Location, "slow-prometheus", "--port", port.ToString(CultureInfo.InvariantCulture),
            "--volumes", volumes.ToString(CultureInfo.InvariantCulture), "--delay-ms", delayMs.ToString(CultureInfo.InvariantCulture),
        ];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadLine() == "ready" ? new SlowPrometheusProcess(process, port) : throw new ForeignProgramException("the slow Prometheus has not started");
    }

    /// <summary>How many queries it has answered.</summary>
    public double Queries()
    {
        _process.StandardInput.WriteLine("queries");
        return double.Parse(_process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill();
        _process.Dispose();
    }
}
