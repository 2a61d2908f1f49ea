using System.Diagnostics;
using System.Globalization;
using Actors.Harness;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Bench.LogLoad;

/// <summary>The real silo in a process of its own, with the topic that a load produces to.</summary>
internal sealed class SiloUnderTest : IServerUnderTest
{
    /// <summary>The topic of every load.</summary>
    public const string Topic = "bench";

    private readonly SiloProcess _silo;

    private SiloUnderTest(SiloProcess silo) => _silo = silo;

    /// <inheritdoc/>
    public int Port => _silo.Options.KafkaPort;

    /// <inheritdoc/>
    public Process Process => _silo.Process;

    /// <summary>The process with its HTTP front end.</summary>
    public SiloProcess Silo => _silo;

    /// <summary>Starts a silo and creates the topic.</summary>
    /// <param name="directory">Its data folder.</param>
    /// <param name="fsyncMs">Added to every sync of the disk, as a slower disk would.</param>
    /// <param name="partitions">Of the topic; 0 for no topic.</param>
    /// <param name="checkpointMegabytes">Write-ahead log between two checkpoints; 0 for the silo's own default.</param>
    public static async Task<SiloUnderTest> StartAsync(string directory, int fsyncMs, int partitions = 1, int checkpointMegabytes = 0)
    {
        var arguments = new List<string>();
        if (fsyncMs > 0)
        {
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--Log:InjectedSyncDelayMs={fsyncMs}"));
        }

        if (checkpointMegabytes > 0)
        {
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--Log:CheckpointBytes={checkpointMegabytes * 1_048_576L}"));
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--Log:MaxWalBytes={checkpointMegabytes * 2_097_152L}"));
        }

        var silo = await SiloProcess.StartAsync(new SiloProcessOptions(directory) { Arguments = arguments });
        var server = new SiloUnderTest(silo);
        if (partitions > 0)
        {
            await server.CreateTopicAsync(Topic, partitions);
        }

        return server;
    }

    /// <summary>Creates a topic through the Kafka front end.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> CreateTopicAsync(string name, int partitions)
    {
        await using var connection = await KafkaConnection.ConnectAsync("127.0.0.1", Port, new KafkaConnectionOptions(), TimeProvider.System, CancellationToken.None);
        var start = Stopwatch.GetTimestamp();
        var response = await connection.SendAsync(new CreateTopicsRequest
        {
            TimeoutMs = 30_000,
            Topics = [new CreateTopicsRequest.CreatableTopic { Name = name, NumPartitions = partitions, ReplicationFactor = 1 }],
        }, CancellationToken.None);
        var took = Stopwatch.GetElapsedTime(start);
        return response.Topics[0].ErrorCode == ErrorCode.None ? took : throw new InvalidDataException($"{name} was not created: {response.Topics[0].ErrorCode}");
    }

    /// <inheritdoc/>
    public WireLoad Wire(LogShape shape) => new KafkaWire(Topic, 1, shape.Batch, LogShape.MessageBytes);

    /// <inheritdoc/>
    public async Task<double> SyncsAsync() => await _silo.MetricAsync("actors_wal_fdatasyncs_total") ?? 0;

    /// <inheritdoc/>
    public async Task<double> CheckpointsAsync() => await _silo.MetricAsync("actors_checkpoints_total") ?? 0;

    /// <summary>Write-ahead log that a restart would replay.</summary>
    public async Task<double> DirtyBytesAsync() => await _silo.MetricAsync("actors_wal_dirty_bytes") ?? 0;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _silo.DisposeAsync();
}
