using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>This silo's peers: who is to be connected, who is, and the one connection with each.</summary>
/// <remarks>
/// All decisions about connections are taken under one lock, in <see cref="PeerLink"/>; the work (connecting, shaking hands, reading)
/// is done outside it by <see cref="Introduction"/> and <see cref="PeerConnection"/>. Safe for use from any thread; nothing waits.
/// </remarks>
internal sealed partial class PeerHub : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SiloAddress, PeerLink> _links = [];
    private readonly ConcurrentDictionary<SiloAddress, PeerConnection> _current = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly PeeringOptions _options;
    private readonly IPeerEvents _owner;
    private readonly IPeerDialer _dialer;
    private readonly Func<PeerConnection, ICallStream> _openCalls;
    private readonly TimeProvider _time;
    private readonly Random _jitter;
    private readonly PeerLog _log;
    private readonly PeerEventPump _events;
    private readonly Introduction _introduction;
    private bool _stopped;
    private int _handshakes;

    /// <param name="self">This silo.</param>
    /// <param name="options">The cluster, the secret, the limits.</param>
    /// <param name="owner">Is told what happens.</param>
    /// <param name="openCalls">Makes what handles the calls of a connection that is now in use.</param>
    /// <param name="dialer">Opens connections.</param>
    /// <param name="time">For deadlines and waits.</param>
    /// <param name="jitter">For the waits between attempts; used under the hub's lock.</param>
    /// <param name="log">For what an operator should know.</param>
    /// <exception cref="OrleansConfigurationException">The options cannot be used.</exception>
    public PeerHub(
        PeerIdentity self,
        PeeringOptions options,
        IPeerEvents owner,
        Func<PeerConnection, ICallStream> openCalls,
        IPeerDialer dialer,
        TimeProvider time,
        Random jitter,
        PeerLog log)
    {
        if (options.Mistakes() is { Count: > 0 } mistakes)
        {
            throw new OrleansConfigurationException(string.Join(" ", mistakes));
        }

        Self = self;
        _options = options;
        _owner = owner;
        _openCalls = openCalls;
        _dialer = dialer;
        _time = time;
        _jitter = jitter;
        _log = log;
        _events = new PeerEventPump(owner, log);
        _introduction = new Introduction(self, options, time);
    }

    /// <summary>This silo.</summary>
    public PeerIdentity Self { get; }

    /// <summary>The limits.</summary>
    public PeeringOptions Options => _options;

    /// <summary>From now on there is to be a connection with this silo; asking twice changes nothing.</summary>
    public void Want(SiloAddress peer)
    {
        if (peer.Equals(Self.Address))
        {
            return;
        }

        lock (_lock)
        {
            if (!_stopped)
            {
                PeerLink link = LinkTo(peer);
                link.IsWanted = true;
                DialIfNeeded(link);
            }
        }
    }

    /// <summary>This silo is a peer no more: its connection is closed, and none is opened from here.</summary>
    public void Forget(SiloAddress peer, string reason)
    {
        PeerConnection? connection = null;
        lock (_lock)
        {
            if (_links.TryGetValue(peer, out PeerLink? link))
            {
                link.IsWanted = false;
                connection = link.Current;
                RemoveIfUnused(link);
            }
        }

        connection?.CloseAndTell(reason);
    }

    /// <summary>Closes a connection that is not trusted any more, such as one whose probes are not answered; a wanted peer is dialled again at once.</summary>
    public void Drop(SiloAddress peer, string reason)
    {
        if (TryGet(peer, out PeerConnection? connection))
        {
            connection.Close(reason);
        }
    }

    /// <summary>The connections that there are.</summary>
    public IEnumerable<PeerConnection> Connections => _current.Values;

    /// <summary>The connection with a silo, if there is one.</summary>
    public bool TryGet(SiloAddress peer, [NotNullWhen(true)] out PeerConnection? connection) => _current.TryGetValue(peer, out connection);

    /// <summary>Sends a control message. It has room of its own and does not wait behind calls.</summary>
    public SendResult TrySend(SiloAddress peer, ReadOnlySpan<byte> message) =>
        message.Length > _options.MaxControlBytes
            ? throw new ArgumentOutOfRangeException(nameof(message), message.Length, $"A control message has at most {_options.MaxControlBytes} bytes.")
            : TryGet(peer, out PeerConnection? connection) ? connection.TrySend(FrameKind.Message, message) : SendResult.NotConnected;

    /// <summary>Ends all connections and waits for their end.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _stopped = true;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (PeerConnection connection in _current.Values)
        {
            connection.CloseAndTell("The silo stops.");
        }

        while (true)
        {
            Task[] running;
            lock (_lock)
            {
                _running.RemoveWhere(static task => task.IsCompleted);
                running = [.. _running];
            }

            if (running.Length == 0)
            {
                return;
            }

            await Task.WhenAll(running).ConfigureAwait(false);
        }
    }

    private PeerLink LinkTo(SiloAddress peer)
    {
        if (!_links.TryGetValue(peer, out PeerLink? link))
        {
            _links[peer] = link = new PeerLink(Self.Address, peer);
        }

        return link;
    }

    private void RemoveIfUnused(PeerLink link)
    {
        if (link is { IsWanted: false, Current: null, IsDialling: false })
        {
            _links.Remove(link.Peer);
        }
    }

    /// <summary>Under the lock: has a loop try to connect, if that is wanted and none does.</summary>
    private void DialIfNeeded(PeerLink link)
    {
        if (link is { IsWanted: true, Current: null, IsDialling: false } && !_stopped)
        {
            link.IsDialling = true;
            Start(() => DialAsync(link));
        }
    }

    /// <summary>Under the lock: runs something on the thread pool, and remembers it until it ends.</summary>
    private void Start(Func<Task> work)
    {
        _running.RemoveWhere(static task => task.IsCompleted);
        _running.Add(Task.Run(work, CancellationToken.None));
    }

    /// <summary>Under the lock: a connection is the one of the two silos from now on.</summary>
    private PeerConnection? Adopt(PeerLink link, PeerConnection connection, long number)
    {
        connection.Adopt(number, _openCalls(connection));
        PeerConnection? replaced = link.Use(connection, number);
        _current[link.Peer] = connection;
        if (replaced is not null)
        {
            _events.Lost(replaced.Peer, "another connection takes its place", replaced: true);
        }

        _events.Connected(connection.Peer);
        return replaced;
    }

    /// <summary>Reads a connection in use to its end, and tells the owner of it.</summary>
    private async Task ServeAsync(PeerLink link, PeerConnection connection, PeerConnection? replaced)
    {
        replaced?.CloseAndTell("another connection takes its place");
        _log.Connected(connection.Peer, connection.Number, connection.Version);
        connection.Stream!.Opened();
        string reason = await connection.RunAsync().ConfigureAwait(false);
        bool lost;
        lock (_lock)
        {
            lost = link.TryLose(connection);
            if (lost)
            {
                _current.TryRemove(link.Peer, out _);
                _events.Lost(connection.Peer, reason, replaced: false);
                DialIfNeeded(link);
            }

            RemoveIfUnused(link);
        }

        if (lost)
        {
            _log.Broken(connection.Peer, reason);
        }
    }
}
