using Actors.Cli.Cluster;
using Actors.Cli.Output;
using Actors.Kafka;
using Actors.Kafka.Client;

namespace Actors.Cli.Bench;

/// <summary>Holds connections open, each with a long poll at the end of a partition, and counts those that last.</summary>
/// <remarks>It shows what waiting clients cost a silo: nothing should happen until the polls' own time is over.</remarks>
internal sealed class IdleBench
{
    private const int MaxConcurrentDials = 64;
    private const int MaxBytes = 64 * 1024;
    private const short LastVersionWithTopicNames = 12;
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly ClusterClient _cluster;
    private readonly TopicMetadata _topic;
    private readonly BenchTarget _target;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<HostPort> _leaders;
    private readonly TimeSpan _duration;
    private readonly LatencyHistogram _connects = new();
    private readonly ErrorCounts _errors = new();
    private long[] _ends = [];
    private int _opened;
    private int _held;
    private long _polls;
    private long _start;

    /// <summary>Opens nothing yet.</summary>
    public IdleBench(ClusterClient cluster, TopicMetadata topic, BenchTarget target, TimeSpan duration, TimeProvider time)
    {
        (_cluster, _topic, _target, _duration, _time) = (cluster, topic, target, duration, time);
        _leaders = topic.RequireLeaders();
    }

    /// <summary>Opens all connections, then holds them for the duration.</summary>
    public async Task<IdleReport> RunAsync(CliConsole console, CancellationToken token)
    {
        _ends = await OffsetClient.ListAsync(_cluster, _topic, OffsetClient.Latest, token);
        var connections = await Progress.ShowAsync(
            console, _time, "Connecting", () => ((double)_opened / _target.Connections, $"{_opened:N0} of {_target.Connections:N0}"), () => OpenAllAsync(token));
        try
        {
            _start = _time.GetTimestamp();
            await Progress.ShowAsync(
                console,
                _time,
                $"Holding {connections.Count:N0} connections",
                () => (_time.GetElapsedTime(_start) / _duration, $"{Interlocked.Read(ref _polls):N0} polls answered"),
                async () =>
                {
                    await Task.WhenAll(connections.Select((connection, index) => HoldAsync(connection, index % _topic.Partitions.Count, token)));
                    return true;
                });
            return new IdleReport(
                _topic.Name,
                _target.Connections,
                _opened,
                _held,
                Math.Round(_time.GetElapsedTime(_start).TotalSeconds, 3),
                _polls,
                _connects.Summarize(),
                _errors.ToDictionary(),
                _held == _target.Connections && _errors.IsEmpty);
        }
        finally
        {
            await Task.WhenAll(connections.Select(connection => connection.DisposeAsync().AsTask()));
        }
    }

    private async Task<List<KafkaConnection>> OpenAllAsync(CancellationToken token)
    {
        var connections = new List<KafkaConnection>(_target.Connections);
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentDials, CancellationToken = token };
        await Parallel.ForAsync(0, _target.Connections, options, async (index, stop) =>
        {
            var dialled = _time.GetTimestamp();
            try
            {
                var connection = await _cluster.OpenAsync(_leaders[index % _leaders.Count], stop);
                _connects.Record(_time.GetElapsedTime(dialled));
                Interlocked.Increment(ref _opened);
                lock (connections)
                {
                    connections.Add(connection);
                }
            }
            catch (KafkaConnectionException failure)
            {
                _errors.Add(failure.Failure.ToString());
            }
        });
        return connections;
    }

    private async Task HoldAsync(KafkaConnection connection, int fallbackIndex, CancellationToken token)
    {
        try
        {
            // The partition must be one that this connection's broker leads.
            var index = Enumerable.Range(0, _leaders.Count).Select(step => (fallbackIndex + step) % _leaders.Count)
                .First(candidate => _leaders[candidate].ToString() == connection.Broker);
            var offset = _ends[index];
            for (var left = _duration; left > TimeSpan.Zero; left = _duration - _time.GetElapsedTime(_start))
            {
                var wait = left < LongestPoll ? left : LongestPoll;
                var (error, next) = await PollAsync(connection, _topic.Partitions[index].Index, offset, wait, token);
                if (error != ErrorCode.None)
                {
                    _errors.Add(error.ToKafkaName());
                    return;
                }

                offset = next;
                Interlocked.Increment(ref _polls);
            }

            Interlocked.Increment(ref _held);
        }
        catch (KafkaConnectionException failure)
        {
            _errors.Add(failure.Failure.ToString());
        }
    }

    private async Task<(ErrorCode Error, long NextOffset)> PollAsync(KafkaConnection connection, int partition, long offset, TimeSpan wait, CancellationToken token)
    {
        var version = connection.Versions.TryChoose(ApiKey.Fetch, out var common) ? common : throw new CliException($"{connection.Broker} has no version of Fetch in common with this command.");
        if (_topic.TopicId == Guid.Empty)
        {
            version = Math.Min(version, LastVersionWithTopicNames);
        }

        var waitMs = Math.Max(1, (int)wait.TotalMilliseconds);
        var response = await connection.SendAsync(FetchRequests.Create(_topic, partition, offset, waitMs, MaxBytes, MaxBytes), version, wait + Grace, token);
        if (response.ErrorCode != ErrorCode.None || response.Responses is not [{ Partitions: [var answer] }])
        {
            return (response.ErrorCode, offset);
        }

        // Where others write to the topic, the next poll waits at its new end.
        return (answer.ErrorCode, answer.ErrorCode == ErrorCode.None ? Math.Max(offset, answer.HighWatermark) : offset);
    }
}
