using System.Net;
using System.Net.Sockets;
using Actors.Harness;
using Actors.Silo.Lifetime;

namespace Actors.Silo.Tests.Lifetime;

/// <summary>A stop of the real program that something holds up: a collector that takes connections and never answers.</summary>
public sealed class StopTests : IDisposable
{
    private const int EndedBySignal = 128;
    private readonly TemporaryDirectory _folder = new();
    private readonly TcpListener _collector = new(IPAddress.Loopback, 0);

    public StopTests() => _collector.Start();

    public void Dispose()
    {
        _collector.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_second_signal_does_not_wait()
    {
        await using var silo = await StartAsync("--Silo:StopTimeoutMs=600000");
        silo.Signal(Signals.Terminate);
        await silo.WaitForOutputAsync("it takes nothing new and finishes what it accepted");
        using var held = await _collector.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(silo.Process.HasExited);

        silo.Signal(Signals.Terminate);

        Assert.Equal(EndedBySignal + Signals.Terminate, await silo.WaitForExitAsync());
        Assert.DoesNotContain("has stopped", silo.Output);
    }

    [Fact]
    public async Task A_stop_that_takes_too_long_says_where_it_stood_and_is_no_success()
    {
        await using var silo = await StartAsync("--Silo:StopTimeoutMs=1000");

        Assert.Equal(ExitCodes.Failed, await silo.StopAsync());
        Assert.Contains("did not stop within 1000 ms; it was still sending what was measured", silo.Output);
    }

    private Task<SiloProcess> StartAsync(string argument) => SiloProcess.StartAsync(new(_folder.FullName)
    {
        Arguments = [argument],
        Environment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{_collector.LocalEndpoint}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "600000",
        },
    });
}
