using System.Net;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Silo.Tests.Support;

namespace Actors.Silo.Tests.Health;

/// <summary>What a silo says of itself while it starts, serves and stops.</summary>
[Collection(nameof(SiloRig))]
public sealed class PhaseTests
{
    [Fact]
    public async Task Every_phase_is_told_and_only_a_ready_silo_serves()
    {
        await using var rig = new SiloRig();
        rig.Files.CloseGate();
        var starting = rig.StartAsync();
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, """{"status":"not ready","reasons":["recovering the log"]}"""),
            await rig.GetUntilAsync("/readyz", "recovering the log"));
        Assert.Equal((HttpStatusCode.OK, """{"status":"alive","reasons":[]}"""), await rig.GetAsync("/healthz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.GetAsync("/")).Status);
        Assert.Contains("\"status\":\"Starting\",\"reasons\":[\"recovering the log\"]", (await rig.GetAsync("/api/v1/status")).Body, StringComparison.Ordinal);
        Assert.Equal(KafkaConnectionFailure.ConnectFailed, (await Assert.ThrowsAsync<KafkaConnectionException>(rig.ConnectAsync)).Failure);

        rig.Files.OpenGate();
        await starting;
        Assert.Equal((HttpStatusCode.OK, """{"status":"ready","reasons":[]}"""), await rig.GetAsync("/readyz"));
        Assert.Equal(HttpStatusCode.OK, (await rig.GetAsync("/")).Status);
        await using (var connection = await rig.ConnectAsync())
        {
            await SiloRig.CreateTopicAsync(connection, "t");
            Assert.Equal(ErrorCode.None, await SiloRig.ProduceAsync(connection, "t", TestBatch.Of()));
        }

        rig.Files.CloseGate();
        var stopping = rig.StopAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.GetUntilAsync("/readyz", "closing the log")).Status);
        Assert.Equal(HttpStatusCode.OK, (await rig.GetAsync("/healthz")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.GetAsync("/")).Status);
        Assert.Contains("\"status\":\"Stopping\"", (await rig.GetAsync("/api/v1/status")).Body, StringComparison.Ordinal);
        rig.Files.OpenGate();
        await stopping;
    }

    [Fact]
    public async Task A_stop_answers_what_was_accepted_and_takes_nothing_new()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await SiloRig.CreateTopicAsync(connection, "t");
        rig.Files.CloseGate();
        var accepted = SiloRig.ProduceAsync(connection, "t", TestBatch.Of());
        await rig.GetUntilAsync("/metrics", "\nproduce_partition_concurrency_gauge 1\n");

        var stopping = rig.StopAsync();
        await rig.GetUntilAsync("/readyz", "finishing requests of Kafka clients");
        await TestGuard.UntilAsync(() => IsRefusedAsync(rig), "new connections are refused");
        Assert.False(accepted.IsCompleted);

        rig.Files.OpenGate();
        Assert.Equal(ErrorCode.None, await accepted);
        await stopping;
    }

    private static async Task<bool> IsRefusedAsync(SiloRig rig)
    {
        try
        {
            await (await rig.ConnectAsync()).DisposeAsync();
            return false;
        }
        catch (KafkaConnectionException)
        {
            return true;
        }
    }
}
