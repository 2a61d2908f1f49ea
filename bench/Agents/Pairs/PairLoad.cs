using System.Diagnostics;
using System.Net;
using Actors.Bench.Report;

namespace Actors.Bench.Agents.Pairs;

/// <summary>Agents and clients of one server, all in this process: connects them, and has agents say things that their clients hear.</summary>
/// <remarks>
/// It is not <c>src/AgentLoad</c> because three servers are compared, and SignalR does not speak the agents' protocol: what is compared gets the same
/// frames from the same load at the same cost. That one judges each update by the agents' protocol, which costs its processor time on the two
/// cores that it shares with the server, for one of the three only.
/// </remarks>
internal sealed class PairLoad : IDisposable
{
    /// <summary>The variable that has a process run what follows a receive on the thread that waits for sockets: a hop less for the load. Servers under test do not get it.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Dials under way at the same time.</summary>
    private const int Dialers = 64;

    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(120);
    private readonly HubDialect _dialect;
    private readonly IPEndPoint _server;
    private readonly List<Pair> _agents = [];
    private readonly Random _random;
    private volatile Exception? _failure;
    private bool _isOver;

    /// <param name="dialect">What the server understands.</param>
    /// <param name="port">Where it listens on 127.0.0.1.</param>
    /// <param name="seed">Of the ids and waiting times.</param>
    public PairLoad(HubDialect dialect, int port, int seed)
    {
        _dialect = dialect;
        _server = new IPEndPoint(IPAddress.Loopback, port);
        _random = new Random(seed);
    }

    /// <summary>Those that have a client.</summary>
    public IReadOnlyList<Pair> Pairs { get; private set; } = [];

    /// <summary>Dials that were sent away for a while.</summary>
    public int Refusals { get; private set; }

    /// <summary>Updates that a later one took the place of.</summary>
    public long PassedOver => Pairs.Sum(static pair => pair.PassedOver);

    /// <summary>Updates that came twice or late.</summary>
    public long Stale => Pairs.Sum(static pair => pair.Stale);

    /// <summary>Connects agents and clients, one tunnel from each client to an agent of its own, and waits until each client has heard of its agent.</summary>
    /// <returns>How long each dial took, the waiting for a busy server included.</returns>
    public async Task<LatencyHistogram> ConnectAsync(int agents, int clients)
    {
        var latencies = new LatencyHistogram();
        var made = new Pair[agents];
        var next = -1;
        var ids = Enumerable.Range(0, agents).Select(_ => NextId()).ToArray();
        var clientIds = Enumerable.Range(0, clients).Select(_ => NextId()).ToArray();
        await Task.WhenAll(Enumerable.Range(0, Dialers).Select(async _ =>
        {
            for (int index; (index = Interlocked.Increment(ref next)) < agents;)
            {
                var id = ids[index];
                var speaker = await DialAsync(_dialect.AgentPath(id), latencies);
                PairSocket? listener = null;
                if (index < clients)
                {
                    listener = await DialAsync(_dialect.ClientPath(clientIds[index]), latencies);
                    await listener.SendAsync(_dialect.Tunnels([id]));
                }

                made[index] = new Pair(_dialect, id, speaker, listener);
                made[index].Start(Fail);
                await made[index].SayAsync(Stopwatch.GetTimestamp());
            }
        }));
        _agents.AddRange(made);
        Pairs = [.. Pairs, .. made.Take(clients)];
        await WaitUntilHeardAsync();
        return latencies;
    }

    /// <summary>Each of some pairs says the next thing as soon as the last one was heard.</summary>
    /// <returns>How long each update took.</returns>
    public async Task<LatencyHistogram> RunClosedAsync(int pairs, TimeSpan duration)
    {
        using var latencies = new ConcurrentHistogram();
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        foreach (var pair in Pairs.Take(pairs))
        {
            pair.OnHeard((heard, ticks) =>
            {
                latencies.Record(ticks);
                var now = Stopwatch.GetTimestamp();
                if (now < end) _ = heard.SayAsync(now);
            });
            _ = pair.SayAsync(Stopwatch.GetTimestamp());
        }

        await Task.Delay(duration, TimeProvider.System);
        await WaitUntilHeardAsync();
        return latencies.Sum();
    }

    /// <summary>Pairs say things in turn, so many a second, whether or not the last ones were heard; latency counts from when a thing was due.</summary>
    /// <returns>How long each update took.</returns>
    public async Task<LatencyHistogram> RunPacedAsync(int updatesPerSecond, TimeSpan duration)
    {
        using var latencies = new ConcurrentHistogram();
        foreach (var pair in Pairs) pair.OnHeard((_, ticks) => latencies.Record(ticks));
        await Task.Factory.StartNew(() => Pace(updatesPerSecond, duration), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await WaitUntilHeardAsync();
        return latencies.Sum();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        _agents.ForEach(static agent => agent.Dispose());
    }

    /// <summary>On a thread of its own, so that a busy pool delays nothing; it looks every millisecond.</summary>
    private void Pace(int updatesPerSecond, TimeSpan duration)
    {
        using var never = new ManualResetEvent(false);
        var start = Stopwatch.GetTimestamp();
        var total = (long)(updatesPerSecond * duration.TotalSeconds);
        for (long said = 0; said < total; never.WaitOne(1))
        {
            for (long due; said < total && (due = start + (long)(said * (double)Stopwatch.Frequency / updatesPerSecond)) <= Stopwatch.GetTimestamp(); said++)
                _ = Pairs[(int)(said % Pairs.Count)].SayAsync(due);
        }
    }

    private async Task<PairSocket> DialAsync(string path, LatencyHistogram latencies)
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            var (socket, retryAfterSeconds) = await PairSocket.DialAsync(_server, path, _dialect.SubProtocol);
            if (socket is not null)
            {
                if (_dialect.Hello.Length > 0) await socket.SendAsync(_dialect.Hello);
                await socket.ReceiveFrameAsync();
                lock (_random) latencies.Record(Stopwatch.GetTimestamp() - begin);
                return socket;
            }

            TimeSpan wait;
            lock (_random)
            {
                Refusals++;
                wait = TimeSpan.FromSeconds(retryAfterSeconds * _random.NextDouble());
            }

            await Task.Delay(wait, TimeProvider.System);
        }
    }

    private async Task WaitUntilHeardAsync()
    {
        var begin = Stopwatch.GetTimestamp();
        while (Pairs.Any(static pair => pair.Heard < pair.Sent))
        {
            if (_failure is { } failure) throw new IOException("a connection of the load has failed", failure);
            if (Stopwatch.GetElapsedTime(begin) > Guard) throw new TimeoutException($"{Pairs.Count(static pair => pair.Heard < pair.Sent)} of {Pairs.Count} clients have not heard the last update");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    }

    private void Fail(Exception failure)
    {
        if (!_isOver) _failure ??= failure;
    }

    private Guid NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
