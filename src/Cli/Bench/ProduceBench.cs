using Actors.Cli.Cluster;
using Actors.Cli.Output;
using Actors.Cli.Records;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Cli.Bench;

/// <summary>Produces as fast as answers come: a closed loop with a fixed number of requests in flight.</summary>
/// <remarks>
/// Requests are built once and sent again and again, round robin over the partitions. Each request in flight is a loop that sends
/// the next one when its answer is there. A broker's refusal is counted and the loop goes on; a broken connection ends the run.
/// </remarks>
internal sealed class ProduceBench
{
    private const int RequestTimeoutMs = 30_000;
    private const int PayloadSeed = 20_250_101;

    private readonly ClusterClient _cluster;
    private readonly TopicMetadata _topic;
    private readonly BenchTarget _target;
    private readonly MessageShape _shape;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<HostPort> _leaders;
    private readonly ProduceRequest[] _requests;
    private readonly LatencyHistogram _latencies = new();
    private readonly ErrorCounts _errors = new();
    private long _startedBatches;
    private long _acknowledgedBatches;
    private long _start;

    /// <summary>Prepares the requests.</summary>
    public ProduceBench(ClusterClient cluster, TopicMetadata topic, BenchTarget target, MessageShape shape, TimeProvider time)
    {
        (_cluster, _topic, _target, _shape, _time) = (cluster, topic, target, shape, time);
        _leaders = topic.RequireLeaders();
        var value = new byte[shape.Size];
        new Random(PayloadSeed).NextBytes(value);
        var batch = BatchWriter.Build(shape.Batch, value, time.GetUtcNow().ToUnixTimeMilliseconds());
        _requests = [.. topic.Partitions.Select(partition => new ProduceRequest
        {
            Acks = shape.Acks,
            TimeoutMs = RequestTimeoutMs,
            TopicData =
            [
                new() { Name = topic.Name, TopicId = topic.TopicId, PartitionData = [new() { Index = partition.Index, Records = batch }] },
            ],
        })];
    }

    /// <summary>How connections must be, so that as many requests as asked for fit.</summary>
    public static KafkaConnectionOptions ConnectionOptions(BenchTarget target, MessageShape shape)
    {
        var defaults = new KafkaConnectionOptions();
        var waiting = (long)target.Outstanding * shape.Batch * (shape.Size + 32L);
        return defaults with
        {
            ClientId = "actors-bench",
            MaxRequestsInFlight = Math.Max(defaults.MaxRequestsInFlight, target.Outstanding),
            MaxUnsentBytes = (int)Math.Clamp(2 * waiting, defaults.MaxUnsentBytes, int.MaxValue),
        };
    }

    /// <summary>Runs until the time is over or all messages are sent, then waits for what is in flight.</summary>
    /// <param name="console">Where progress is shown; null: nowhere.</param>
    /// <param name="token">Ends the run without a report.</param>
    /// <exception cref="KafkaConnectionException">A connection broke.</exception>
    public async Task<ProduceReport> RunAsync(CliConsole? console, CancellationToken token)
    {
        await using var loop = await ClosedLoop.OpenAsync(_cluster, _leaders, _target.Connections, token);
        _start = _time.GetTimestamp();
        await Progress.ShowAsync(console, _time, $"Producing to {_topic.Name}", Look, async () =>
        {
            await loop.RunAsync(_target.Outstanding, StepAsync, token);
            return true;
        });
        return Report(_time.GetElapsedTime(_start));
    }

    private async Task<bool> StepAsync(IReadOnlyDictionary<HostPort, KafkaConnection> lane, CancellationToken token)
    {
        if (!TryTakeBatch(out var index))
        {
            return false;
        }

        var partition = (int)(index % _requests.Length);
        var sent = _time.GetTimestamp();
        var error = await SendAsync(lane[_leaders[partition]], _requests[partition], token);
        if (error == ErrorCode.None)
        {
            _latencies.Record(_time.GetElapsedTime(sent));
            Interlocked.Increment(ref _acknowledgedBatches);
        }
        else
        {
            _errors.Add(error.ToKafkaName());
        }

        return true;
    }

    private bool TryTakeBatch(out long index)
    {
        index = Interlocked.Increment(ref _startedBatches) - 1;
        return (_target.Messages is not { } messages || index * _shape.Batch < messages)
            && (_target.Duration is not { } duration || _time.GetElapsedTime(_start) < duration);
    }

    private async Task<ErrorCode> SendAsync(KafkaConnection connection, ProduceRequest request, CancellationToken token)
    {
        if (!connection.Versions.TryChoose(ApiKey.Produce, out var version))
        {
            throw new CliException($"{connection.Broker} has no version of Produce in common with this command.");
        }

        if (_shape.Acks == 0)
        {
            await connection.PostAsync(request, version, token);
            return ErrorCode.None;
        }

        var response = await connection.SendAsync(request, version, TimeSpan.FromMilliseconds(RequestTimeoutMs), token);
        return response.Responses is [{ PartitionResponses: [var answer] }] ? answer.ErrorCode : ErrorCode.UnknownServerError;
    }

    private (double Share, string Words) Look()
    {
        var messages = Interlocked.Read(ref _acknowledgedBatches) * _shape.Batch;
        var elapsed = _time.GetElapsedTime(_start);
        var share = Math.Max(_target.Duration is { } duration ? elapsed / duration : 0, _target.Messages is { } all ? (double)messages / all : 0);
        return (share, $"{messages / Math.Max(elapsed.TotalSeconds, 1e-3):N0} msg/s");
    }

    private ProduceReport Report(TimeSpan elapsed)
    {
        var messages = _acknowledgedBatches * _shape.Batch;
        var rate = messages / elapsed.TotalSeconds;
        return new ProduceReport(
            _topic.Name,
            _topic.Partitions.Count,
            _target.Connections,
            _target.Outstanding,
            _shape.Size,
            _shape.Batch,
            _shape.AcksName,
            Math.Round(elapsed.TotalSeconds, 3),
            messages,
            Math.Round(rate, 1),
            Math.Round(rate * _shape.Size / 1e6, 3),
            _latencies.Summarize(),
            _errors.ToDictionary(),
            _target.MinThroughput,
            _errors.IsEmpty && !(rate < _target.MinThroughput));
    }
}
