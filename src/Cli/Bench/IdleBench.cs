using Actors.Cli.Cluster;
using Actors.Cli.Output;
using Actors.Kafka;
using Actors.Kafka.Client;

namespace Actors.Cli.Bench;

/// <summary>Holds connections open, each with long polls at the ends of partitions, and counts those that last.</summary>
/// <remarks>
/// It shows what waiting clients and idle partitions cost a silo: nothing should happen until the polls' own time is over. A producer
/// may work beside them, in a topic of its own, to show what they cost others.
/// </remarks>
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
    /// <param name="console">Where progress is shown.</param>
    /// <param name="meter">Measures the silo, or null.</param>
    /// <param name="producer">Works beside the connections once they are open, or null.</param>
    /// <param name="token">Ends everything.</param>
    public async Task<IdleReport> RunAsync(CliConsole console, ServerMeter? meter, Func<Task<ProduceReport>>? producer, CancellationToken token)
    {
        _ends = await OffsetClient.ListAsync(_cluster, _topic, OffsetClient.Latest, token);
        var lines = await Progress.ShowAsync(
            console, _time, "Connecting", () => ((double)_opened / _target.Connections, $"{_opened:N0} of {_target.Connections:N0}"), () => OpenAllAsync(token));
        try
        {
            if (meter is not null)
            {
                await meter.BeginAsync(token);
            }

            _start = _time.GetTimestamp();
            var produced = await Progress.ShowAsync(
                console,
                _time,
                $"Holding {lines.Count:N0} connections",
                () => (_time.GetElapsedTime(_start) / _duration, $"{Interlocked.Read(ref _polls):N0} polls answered"),
                async () =>
                {
                    var producing = producer?.Invoke();
                    await Task.WhenAll([.. lines.Select(line => HoldAsync(line, token)), producing ?? Task.CompletedTask]);
                    return producing is null ? null : await producing;
                });
            var seconds = Math.Round(_time.GetElapsedTime(_start).TotalSeconds, 3);
            return Report(seconds, meter is null ? null : await meter.EndAsync(token), produced);
        }
        finally
        {
            await Task.WhenAll(lines.Select(line => line.Connection.DisposeAsync().AsTask()));
        }
    }

    private async Task<List<Line>> OpenAllAsync(CancellationToken token)
    {
        var lines = new List<Line>(_target.Connections);
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrentDials, CancellationToken = token };
        await Parallel.ForAsync(0, _target.Connections, options, async (number, stop) =>
        {
            // The connection goes to the leader of the first partition that it waits for; the others are of the same leader.
            var first = (int)((long)number * _target.Outstanding % _leaders.Count);
            var dialled = _time.GetTimestamp();
            try
            {
                var connection = await _cluster.OpenAsync(_leaders[first], stop);
                _connects.Record(_time.GetElapsedTime(dialled));
                Interlocked.Increment(ref _opened);
                lock (lines)
                {
                    lines.Add(new Line(connection, first));
                }
            }
            catch (KafkaConnectionException failure)
            {
                _errors.Add(failure.Failure.ToString());
            }
        });
        return lines;
    }

    private async Task HoldAsync(Line line, CancellationToken token)
    {
        var leader = _leaders[line.First];
        var waitedFor = Enumerable.Range(line.First, _leaders.Count)
            .Select(number => number % _leaders.Count)
            .Where(index => _leaders[index] == leader)
            .Take(_target.Outstanding)
            .ToList();
        var lasted = await Task.WhenAll(Enumerable.Range(0, _target.Outstanding)
            .Select(number => WaitAsync(line.Connection, waitedFor[number % waitedFor.Count], token)));
        if (lasted.All(held => held))
        {
            Interlocked.Increment(ref _held);
        }
    }

    /// <summary>Polls one partition until the time is over.</summary>
    /// <returns>False when the connection or a poll failed.</returns>
    private async Task<bool> WaitAsync(KafkaConnection connection, int index, CancellationToken token)
    {
        try
        {
            var offset = _ends[index];
            for (var left = _duration; left > TimeSpan.Zero; left = _duration - _time.GetElapsedTime(_start))
            {
                var wait = left < LongestPoll ? left : LongestPoll;
                var (error, next) = await PollAsync(connection, _topic.Partitions[index].Index, offset, wait, token);
                if (error != ErrorCode.None)
                {
                    _errors.Add(error.ToKafkaName());
                    return false;
                }

                offset = next;
                Interlocked.Increment(ref _polls);
            }

            return true;
        }
        catch (KafkaConnectionException failure)
        {
            _errors.Add(failure.Failure.ToString());
            return false;
        }
    }

    private async Task<(ErrorCode Error, long NextOffset)> PollAsync(KafkaConnection connection, int partition, long offset, TimeSpan wait, CancellationToken token)
    {
        var version = connection.Versions.TryChoose(ApiKey.Fetch, out var common) ? common : throw new CliException($"{connection.Broker} has no version of Fetch in common with this command.");
        if (_topic.TopicId == Guid.Empty)
        {
            version = Math.Min(version, LastVersionWithTopicNames);
        }

        // A broker may serve the requests of a connection one after another, so the last of them waits for all before it.
        var waitMs = Math.Max(1, (int)wait.TotalMilliseconds);
        var request = FetchRequests.Create(_topic, partition, offset, waitMs, MaxBytes, MaxBytes);
        var response = await connection.SendAsync(request, version, (wait * _target.Outstanding) + Grace, token);
        if (response.ErrorCode != ErrorCode.None || response.Responses is not [{ Partitions: [var answer] }])
        {
            return (response.ErrorCode, offset);
        }

        // Where others write to the topic, the next poll waits at its new end.
        return (answer.ErrorCode, answer.ErrorCode == ErrorCode.None ? Math.Max(offset, answer.HighWatermark) : offset);
    }

    private IdleReport Report(double seconds, ServerCost? server, ProduceReport? producer) => new(
        _topic.Name,
        _topic.Partitions.Count,
        _target.Connections,
        _target.Outstanding,
        _opened,
        _held,
        seconds,
        _polls,
        _connects.Summarize(),
        server,
        producer,
        _errors.ToDictionary(),
        _target.MinThroughput,
        _held == _target.Connections && _errors.IsEmpty && producer?.Passed != false);

    /// <summary>A connection and the first partition that it waits for, counted in the topic's list.</summary>
    private readonly record struct Line(KafkaConnection Connection, int First);
}
