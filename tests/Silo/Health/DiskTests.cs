using System.Net;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Actors.Silo.Tests.Support;

namespace Actors.Silo.Tests.Health;

/// <summary>The whole silo on a disk that fails or is full.</summary>
[Collection(nameof(SiloRig))]
public sealed class DiskTests
{
    [Fact]
    public async Task A_failed_sync_is_final_said_everywhere_and_leaves_reading_alone()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await SiloRig.CreateTopicAsync(connection, "t");
        Assert.Equal(ErrorCode.None, await SiloRig.ProduceAsync(connection, "t", TestBatch.Of()));
        var written = await SiloRig.FetchBytesAsync(connection, "t");
        Assert.Equal(HttpStatusCode.OK, (await rig.GetAsync("/healthz")).Status);

        rig.Files.FailSyncs();

        Assert.Equal(ErrorCode.KafkaStorageError, await SiloRig.ProduceAsync(connection, "t", TestBatch.Of()));
        Assert.Equal(ErrorCode.KafkaStorageError, await SiloRig.ProduceAsync(connection, "t", TestBatch.Of(), partition: 1));
        var (status, body) = await rig.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        // The write-ahead log's sync fails first, or that of a segment which is being written just then.
        Assert.Matches("""^\{"status":"failed","reasons":\["log: (fdatasync|write) of """, body);
        Assert.Contains("The test lets every sync fail. Nothing more is written to this data directory; check the disk and restart", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await rig.GetAsync("/readyz")).Status);
        Assert.Contains("\"status\":\"Failed\"", (await rig.GetAsync("/api/v1/status")).Body, StringComparison.Ordinal);
        Assert.Matches("<p class=\"problem\">log: (fdatasync|write) of ", (await rig.GetAsync("/")).Body);
        Assert.Equal(written, await SiloRig.FetchBytesAsync(connection, "t"));
        await rig.StopAsync();
    }

    [Fact]
    public async Task A_full_disk_refuses_until_there_is_room()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await SiloRig.CreateTopicAsync(connection, "t");
        Assert.Equal(ErrorCode.None, await SiloRig.ProduceAsync(connection, "t", TestBatch.Of()));
        var written = await SiloRig.FetchBytesAsync(connection, "t");

        rig.Files.FreeBytes = 0;
        var large = TestBatch.Of(valueBytes: 900_000);
        await TestGuard.UntilAsync(
            async () => await SiloRig.ProduceAsync(connection, "t", large, partition: 1) == ErrorCode.KafkaStorageError, "the disk is full");

        Assert.Equal(ErrorCode.KafkaStorageError, await SiloRig.ProduceAsync(connection, "t", TestBatch.Of()));
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, """{"status":"not ready","reasons":["log: The disk is full; records are refused until there is room."]}"""),
            await rig.GetAsync("/readyz"));
        Assert.Equal(HttpStatusCode.OK, (await rig.GetAsync("/healthz")).Status);
        Assert.Equal(written, await SiloRig.FetchBytesAsync(connection, "t"));

        rig.Files.FreeBytes = null;
        await rig.GetUntilAsync("/readyz", "\"ready\"");
        Assert.Equal(ErrorCode.None, await SiloRig.ProduceAsync(connection, "t", TestBatch.Of()));
    }

    [Fact]
    public async Task A_limit_of_open_files_is_called_so()
    {
        await using var rig = new SiloRig();
        await rig.StartAsync();
        await using var connection = await rig.ConnectAsync();
        await SiloRig.CreateTopicAsync(connection, "t");

        rig.Files.LacksFiles = true;
        var large = TestBatch.Of(valueBytes: 900_000);
        await TestGuard.UntilAsync(
            async () => await SiloRig.ProduceAsync(connection, "t", large) == ErrorCode.KafkaStorageError, "no file can be opened");
        var (status, body) = await rig.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains(
            "cannot be opened: too many files and connections are open. Raise the limit of open files (ulimit -n, fs.file-max) or have fewer connections. Records are refused until then.",
            body,
            StringComparison.Ordinal);

        rig.Files.LacksFiles = false;
        await rig.GetUntilAsync("/readyz", "\"ready\"");
        Assert.Equal(ErrorCode.None, await SiloRig.ProduceAsync(connection, "t", TestBatch.Of()));
    }
}
