using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Actors.AgentLoad.Checks;
using Actors.AgentLoad.Sockets;

namespace Actors.AgentLoad.Running;

/// <summary>
/// The one thread that holds all connections of a run: it waits for sockets, reads, judges, answers, sends and dials. Nothing here is
/// locked, for nothing here is shared; others post commands and get answers. What it fails with ends the run, and everybody who waits
/// for it fails with it.
/// </summary>
internal sealed partial class LoadLoop : IDisposable
{
    private const int MaxFrameBytes = 1 << 20;
    private const long NanosecondsPerMs = 1_000_000;
    private const int IdlePollMs = 10;

    private readonly LoadOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Epoll _epoll = new();
    private readonly LoadPeer[] _peers;
    private readonly int[][] _tunnelsOf;
    private readonly Dictionary<Guid, int> _indexOf;
    private readonly UpdateChecker _checker;
    private readonly byte[] _in = new byte[2 * MaxFrameBytes];
    private readonly byte[] _text = new byte[65_536];
    private readonly byte[] _frame = new byte[65_536];
    private readonly List<Finding> _findings = [];
    private readonly List<Waiter> _waiters = [];
    private readonly Channel<Action> _commands = Channel.CreateBounded<Action>(256);
    private long _now;
    private long _sweepAt;
    private long _publishAt;
    private volatile bool _isStopping;
    private volatile LoadProgress _progress = LoadProgress.Nothing;

    public LoadLoop(LoadOptions options, TimeProvider time)
    {
        (_options, _time, _random) = (options, time, new Random((int)(options.Seed ^ (options.Seed >> 32)) + options.FirstAgent));
        _peers = new LoadPeer[options.Agents + options.Clients];
        _tunnelsOf = new int[options.Clients][];
        _indexOf = new Dictionary<Guid, int>(_peers.Length);
        var tunnels = new List<(int, int)>(options.Clients * options.TunnelsPerClient);
        for (var index = 0; index < _peers.Length; index++)
            _peers[index] = MakePeer(index);
        for (var client = 0; client < options.Clients; client++)
        {
            _tunnelsOf[client] = [.. Enumerable.Range(0, options.TunnelsPerClient).Select(number => (int)(((long)client * options.TunnelsPerClient + number) % options.Agents))];
            tunnels.AddRange(_tunnelsOf[client].Select(agent => (options.Agents + client, agent)));
        }

        _checker = new UpdateChecker(_peers.Length, tunnels, (long)options.LostAfter.TotalNanoseconds);
        _told = [.. Enumerable.Range(0, options.Agents).Where(agent => _checker.DegreeOf(agent) > 0)];
        PlanDials();
    }

    /// <summary>A glance from any thread.</summary>
    public LoadProgress Progress => _progress;

    private readonly record struct Waiter(Func<bool> IsDone, long DeadlineAt, TaskCompletionSource<bool> Answer);

    /// <summary>Runs until <see cref="Stop"/>; the calling thread is the loop's.</summary>
    public void Run()
    {
        try
        {
            while (!_isStopping)
                Turn();
        }
        finally
        {
            foreach (var peer in _peers)
                peer.Socket?.Dispose();
            // Who waits, or has a command there, hears of the loop's end, and why it was.
            _waiters.Clear();
            _commands.Writer.Complete();
            _publishAt = 0;
            Publish();
        }
    }

    /// <summary>Ends the loop; connections are cut.</summary>
    public void Stop() => _isStopping = true;

    /// <summary>Has the loop's thread do something; false when it has ended or has too much to do.</summary>
    public bool TryPost(Action command) => _commands.Writer.TryWrite(command);

    /// <summary>Answers true once a condition holds, false when that takes too long. On the loop's thread.</summary>
    public void Await(Func<bool> isDone, TimeSpan timeout, TaskCompletionSource<bool> answer)
    {
        if (_isStopping)
            answer.TrySetCanceled();
        else
            _waiters.Add(new Waiter(isDone, timeout == TimeSpan.MaxValue ? long.MaxValue : Now() + (long)timeout.TotalNanoseconds, answer));
    }

    /// <inheritdoc/>
    public void Dispose() => _epoll.Dispose();

    private LoadPeer MakePeer(int index)
    {
        var isAgent = index < _options.Agents;
        var peer = new LoadPeer(index, isAgent, isAgent ? _options.FirstAgent + index : _options.FirstClient + index - _options.Agents) { BackoffMs = FirstBackoffMs, Hub = index % _options.Hubs.Count };
        if (isAgent)
            Name(peer, AgentIds.Of(_options.Seed, _options.FirstAgent + index));
        if (_options.PropagatesTrace)
            peer.TraceParent = $"00-{NextHex(32)}-{NextHex(16)}-01";
        return peer;
    }

    private void Name(LoadPeer peer, Guid id)
    {
        peer.Id = id;
        _indexOf[id] = peer.Index;
        peer.MakeRecord();
    }

    private string NextHex(int digits)
    {
        Span<byte> bytes = stackalloc byte[digits / 2];
        _random.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private long Now()
    {
        var ticks = _time.GetTimestamp();
        var frequency = _time.TimestampFrequency;
        return _now = frequency == 1_000_000_000 ? ticks : (long)((Int128)ticks * 1_000_000_000 / frequency);
    }

    private void Turn()
    {
        while (_commands.Reader.TryRead(out var command))
            command();
        Now();
        DialDue();
        PumpTraffic();
        var waitsSince = Now();
        var count = _epoll.Poll(PollMs());
        _idleNanoseconds += Now() - waitsSince;
        for (var index = 0; index < count; index++)
        {
            var (data, canWrite) = _epoll[index];
            var peer = _peers[(int)(data & uint.MaxValue)];
            if (peer.Generation == (int)(data >> 32))
                OnEvent(peer, canWrite);
        }

        Now();
        SweepDue();
        Answer();
        Publish();
    }

    private int PollMs() => _isBehind ? 0 : _traffic is { InFlight: 0 } || _dialsUnderWay > 0 || _dials.Count > 0 ? 1 : IdlePollMs;

    private void Answer()
    {
        for (var index = _waiters.Count - 1; index >= 0; index--)
        {
            var waiter = _waiters[index];
            var isDone = waiter.IsDone();
            if (!isDone && _now < waiter.DeadlineAt && !waiter.Answer.Task.IsCompleted)
                continue;
            _waiters.RemoveAt(index);
            waiter.Answer.TrySetResult(isDone);
        }
    }

    private void Publish()
    {
        if (_now < _publishAt)
            return;
        _publishAt = _now + (50 * NanosecondsPerMs);
        _progress = new LoadProgress
        {
            Online = _checker.Online,
            Peers = _peers.Length,
            Unsettled = _checker.Unsettled,
            Updates = _updates,
            Delivered = _checker.Counts.Delivered,
            Failures = _failureCount,
            Connections = _connections,
            BytesRead = _bytesRead,
            BytesWritten = _bytesWritten,
        };
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string TextOf(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 300)]).ReplaceLineEndings(" ");
}
