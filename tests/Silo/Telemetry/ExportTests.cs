using Actors.Harness;
using Actors.Kafka.Client;
using Actors.Silo.Tests.Support;

namespace Actors.Silo.Tests.Telemetry;

public sealed class ExportTests
{
    [Fact]
    public async Task Metrics_and_traces_reach_a_collector()
    {
        using var folder = new TemporaryDirectory();
        await using var collector = await FakeCollector.StartAsync();
        Task[] received =
        [
            collector.ReceivesAsync("/v1/metrics", "process_resident_memory_bytes"),
            collector.ReceivesAsync("/v1/metrics", "http.server.request.duration"),
            collector.ReceivesAsync("/v1/metrics", "silo-1"),
            collector.ReceivesAsync("/v1/traces", "/readyz"),
            collector.ReceivesAsync("/v1/traces", "IControllerGrain/CreateTopics"),
        ];
        await using var silo = await SiloProcess.StartAsync(new(folder.FullName)
        {
            Environment = new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            },
        });

        await using (var connection = await KafkaConnection.ConnectAsync(
            "127.0.0.1", silo.Options.KafkaPort, new KafkaConnectionOptions(), TimeProvider.System, TestContext.Current.CancellationToken))
        {
            await SiloRig.CreateTopicAsync(connection, "traced");
        }

        // Whatever has not been sent is sent while the silo stops.
        Assert.Equal(0, await silo.StopAsync());

        await Task.WhenAll(received).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_collector_that_is_away_stops_nobody()
    {
        using var folder = new TemporaryDirectory();
        await using var silo = await SiloProcess.StartAsync(new(folder.FullName)
        {
            Environment = new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{LoopbackPort.Next()}" },
        });

        Assert.True(await silo.MetricAsync("process_resident_memory_bytes") > 0);
        Assert.Equal(0, await silo.StopAsync());
    }
}
