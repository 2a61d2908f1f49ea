using Actors.Cli.Cluster;
using Actors.Cli.Output;
using Actors.Cli.Records;
using Actors.Kafka;
using Actors.Kafka.Client;

namespace Actors.Cli.Bench;

/// <summary>Reads a topic from its start to the end that it has when the run begins, and checks that nothing is missing or damaged.</summary>
/// <remarks>A reader reads one partition after the other; with a duration it begins again until the time is over.</remarks>
internal sealed class FetchBench
{
    private const int MaxWaitMs = 500;
    private const int MaxResponseBytes = 32 * 1024 * 1024;
    private const int MaxPartitionBytes = 1024 * 1024;
    private const short LastVersionWithTopicNames = 12;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StallTimeout = TimeSpan.FromSeconds(10);

    private readonly ClusterClient _cluster;
    private readonly TopicMetadata _topic;
    private readonly BenchTarget _target;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<HostPort> _leaders;
    private readonly LatencyHistogram _latencies = new();
    private long[] _starts = [];
    private long[] _ends = [];
    private long _nextRead = -1;
    private long _messages;
    private long _bytes;
    private long _missing;
    private long _start;

    /// <summary>Reads nothing yet.</summary>
    public FetchBench(ClusterClient cluster, TopicMetadata topic, BenchTarget target, TimeProvider time)
    {
        (_cluster, _topic, _target, _time) = (cluster, topic, target, time);
        _leaders = topic.RequireLeaders();
    }

    private bool IsOver => _target.Duration is { } duration && _time.GetElapsedTime(_start) >= duration;

    /// <summary>Reads everything once, or until the time is over.</summary>
    /// <exception cref="KafkaConnectionException">A connection broke.</exception>
    /// <exception cref="CliException">A partition cannot be read, or what came is damaged.</exception>
    public async Task<FetchReport> RunAsync(CliConsole console, CancellationToken token)
    {
        _starts = await OffsetClient.ListAsync(_cluster, _topic, OffsetClient.Earliest, token);
        _ends = await OffsetClient.ListAsync(_cluster, _topic, OffsetClient.Latest, token);
        await using var loop = await ClosedLoop.OpenAsync(_cluster, _leaders, _target.Connections, token);
        _start = _time.GetTimestamp();
        await Progress.ShowAsync(console, _time, $"Reading {_topic.Name}", Look, async () =>
        {
            await loop.RunAsync(_target.Outstanding, StepAsync, token);
            return true;
        });
        return Report(_time.GetElapsedTime(_start));
    }

    private async Task<bool> StepAsync(IReadOnlyDictionary<HostPort, KafkaConnection> lane, CancellationToken token)
    {
        if (IsOver)
        {
            return false;
        }

        var read = Interlocked.Increment(ref _nextRead);
        if (_target.Duration is null && read >= _topic.Partitions.Count)
        {
            return false;
        }

        await ReadPartitionAsync(lane, (int)(read % _topic.Partitions.Count), token);
        return true;
    }

    private async Task ReadPartitionAsync(IReadOnlyDictionary<HostPort, KafkaConnection> lane, int index, CancellationToken token)
    {
        var connection = lane[_leaders[index]];
        var partition = _topic.Partitions[index].Index;
        var offset = _starts[index];
        var lastProgress = _time.GetTimestamp();
        if (offset == _ends[index])
        {
            await Task.Yield();
        }

        while (offset < _ends[index] && !IsOver)
        {
            var sent = _time.GetTimestamp();
            var records = await FetchAsync(connection, partition, offset, token);
            _latencies.Record(_time.GetElapsedTime(sent));
            var next = Check(records.Span, offset, _ends[index]);
            if (next > offset)
            {
                offset = next;
                lastProgress = _time.GetTimestamp();
            }
            else if (_time.GetElapsedTime(lastProgress) > StallTimeout)
            {
                throw new CliException(
                    $"Partition {partition} of topic '{_topic.Name}' gives nothing at offset {offset}, though it ends at {_ends[index]}: see the log of {connection.Broker}.");
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> FetchAsync(KafkaConnection connection, int partition, long offset, CancellationToken token)
    {
        if (!connection.Versions.TryChoose(ApiKey.Fetch, out var version))
        {
            throw new CliException($"{connection.Broker} has no version of Fetch in common with this command.");
        }

        if (_topic.TopicId == Guid.Empty)
        {
            version = Math.Min(version, LastVersionWithTopicNames);
        }

        var response = await connection.SendAsync(FetchRequests.Create(_topic, partition, offset, MaxWaitMs, MaxResponseBytes, MaxPartitionBytes), version, RequestTimeout, token);
        var error = response.ErrorCode;
        if (error == ErrorCode.None && response.Responses is [{ Partitions: [var answer] }])
        {
            error = answer.ErrorCode;
            if (error == ErrorCode.None)
            {
                return answer.Records ?? default;
            }
        }
        else if (error == ErrorCode.None)
        {
            return default; // a session that has nothing to say
        }

        throw new CliException(Advice.For($"Partition {partition} of topic '{_topic.Name}' cannot be read at offset {offset}", error, null));
    }

    /// <summary>Checks batches and counts them up to where the run ends.</summary>
    /// <returns>The offset to read on from.</returns>
    private long Check(ReadOnlySpan<byte> records, long offset, long end)
    {
        var all = records.Length;
        while (offset < end && BatchReader.TryTake(ref records, out var batch))
        {
            if (batch.NextOffset <= offset)
            {
                continue; // a broker may begin with an earlier batch
            }

            Interlocked.Add(ref _missing, Math.Max(0, batch.BaseOffset - offset) + Math.Max(0, batch.NextOffset - batch.BaseOffset - batch.Records));
            Interlocked.Add(ref _messages, batch.Records);
            offset = batch.NextOffset;
        }

        Interlocked.Add(ref _bytes, all - records.Length);
        return offset;
    }

    private (double Share, string Words) Look()
    {
        var messages = Interlocked.Read(ref _messages);
        var elapsed = _time.GetElapsedTime(_start);
        var share = _target.Duration is { } duration ? elapsed / duration : messages / Math.Max(1.0, _ends.Sum() - _starts.Sum());
        return (share, $"{messages / Math.Max(elapsed.TotalSeconds, 1e-3):N0} msg/s");
    }

    private FetchReport Report(TimeSpan elapsed)
    {
        var rate = _messages / elapsed.TotalSeconds;
        var rounds = _target.Duration is null ? 1 : (int)Math.Max(1, (_nextRead + _topic.Partitions.Count) / _topic.Partitions.Count);
        return new FetchReport(
            _topic.Name,
            _topic.Partitions.Count,
            _target.Connections,
            _target.Outstanding,
            Math.Round(elapsed.TotalSeconds, 3),
            _messages,
            _missing,
            rounds,
            Math.Round(rate, 1),
            Math.Round(_bytes / elapsed.TotalSeconds / 1e6, 3),
            _latencies.Summarize(),
            _target.MinThroughput,
            _missing == 0 && !(rate < _target.MinThroughput));
    }
}
