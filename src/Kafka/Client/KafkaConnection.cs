using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text;
using Actors.Kafka.Messages;

namespace Actors.Kafka.Client;

/// <summary>One TCP connection to a broker: requests are pipelined, and responses are matched with them in order.</summary>
/// <remarks>
/// Any number of threads may send. A request that fails because of its own content or because the connection is full fails
/// alone; everything else (a late or malformed response, a broken socket) closes the connection, and then every request
/// that waits fails with the same <see cref="KafkaConnectionException"/>. It does not connect again: whoever owns it opens
/// another one. A caller's token stops that caller's waiting only; the request may be applied all the same.
/// </remarks>
public sealed partial class KafkaConnection : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly KafkaConnectionOptions _options;
    private readonly TimeProvider _time;
    private readonly byte[] _clientIdUtf8;
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _deadlines;
    private readonly Queue<PendingRequest> _pending = new();
    private KafkaConnectionException? _failure;
    private long _nextDeadline = long.MaxValue;
    private int _lastCorrelationId;
    private Task _receiving = Task.CompletedTask;

    private KafkaConnection(Socket socket, string broker, KafkaConnectionOptions options, TimeProvider time)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _options = options;
        _time = time;
        _clientIdUtf8 = Encoding.UTF8.GetBytes(options.ClientId);
        Broker = broker;
        _deadlines = time.CreateTimer(
            static connection => ((KafkaConnection)connection!).CheckDeadlines(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The broker's address: <c>host:port</c>.</summary>
    public string Broker { get; }

    /// <summary>The versions that the broker serves.</summary>
    public KafkaVersions Versions { get; private set; } = new(new ApiVersionsResponse());

    /// <summary>Why the connection is closed, or null while it is open.</summary>
    public KafkaConnectionException? Failure
    {
        get
        {
            lock (_gate)
            {
                return _failure;
            }
        }
    }

    /// <summary>Opens a connection and asks the broker for its versions.</summary>
    /// <param name="host">A name or an address.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="options">How the connection behaves.</param>
    /// <param name="time">The clock for deadlines.</param>
    /// <param name="token">Ends the attempt.</param>
    /// <exception cref="KafkaConnectionException">It could not be reached, was too slow, or answered nonsense.</exception>
    public static async Task<KafkaConnection> ConnectAsync(
        string host,
        int port,
        [NotNull] KafkaConnectionOptions options,
        TimeProvider time,
        CancellationToken token)
    {
        var broker = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, deadline.Token);
        KafkaConnection? connection = null;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, linked.Token).ConfigureAwait(false);
            connection = new KafkaConnection(socket, broker, options, time);
            connection._receiving = Task.Run(connection.ReceiveAsync, CancellationToken.None);
            await connection.NegotiateAsync(linked.Token).ConfigureAwait(false);
            return connection;
        }
        catch (Exception caught)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            socket.Dispose();
            throw caught switch
            {
                OperationCanceledException when !token.IsCancellationRequested =>
                    new KafkaConnectionException(KafkaConnectionFailure.ConnectTimedOut, broker, mayHaveBeenApplied: false, "", caught),
                SocketException =>
                    new KafkaConnectionException(KafkaConnectionFailure.ConnectFailed, broker, mayHaveBeenApplied: false, caught.Message, caught),
                _ => caught,
            };
        }
    }

    /// <summary>Closes the connection; requests that wait fail with <see cref="KafkaConnectionFailure.ClosedHere"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(KafkaConnectionFailure.ClosedHere, "", null);
        await _receiving.ConfigureAwait(false);
        await _deadlines.DisposeAsync().ConfigureAwait(false);
    }

    private async Task NegotiateAsync(CancellationToken token)
    {
        var api = ApiTable.Get(ApiKey.ApiVersions);
        var version = api.HighestVersion;
        var response = await AskVersionsAsync(api, version, token).ConfigureAwait(false);
        if (response.ErrorCode == ErrorCode.UnsupportedVersion)
        {
            // The broker lists what it serves where it can (KIP-511); one that lists nothing knows version 0.
            var offered = response.ApiKeys.Find(a => a.ApiKey == (short)ApiKey.ApiVersions);
            version = Math.Clamp(offered?.MaxVersion ?? 0, api.LowestVersion, (short)(api.HighestVersion - 1));
            response = await AskVersionsAsync(api, version, token).ConfigureAwait(false);
        }

        if (response.ErrorCode != ErrorCode.None)
        {
            throw new KafkaConnectionException(
                KafkaConnectionFailure.NoCommonVersion, Broker, mayHaveBeenApplied: false, $"ApiVersions was answered with {response.ErrorCode.ToKafkaName()}.", null);
        }

        Versions = new KafkaVersions(response);
    }

    private Task<ApiVersionsResponse> AskVersionsAsync(ApiDescriptor api, short version, CancellationToken token)
    {
        var request = new ApiVersionsRequest { ClientSoftwareName = _options.SoftwareName, ClientSoftwareVersion = _options.SoftwareVersion };
        var pending = new PendingApiVersions(api, version, token);
        Enqueue(request, version, pending, _options.ConnectTimeout);
        return pending.Response;
    }

    /// <summary>Closes the connection for good; only the first reason counts.</summary>
    private void Close(KafkaConnectionFailure failure, string detail, Exception? cause)
    {
        PendingRequest[] waiting;
        TaskCompletionSource? unsent;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            _failure = new KafkaConnectionException(failure, Broker, mayHaveBeenApplied: true, detail, cause);
            waiting = [.. _pending];
            _pending.Clear();
            unsent = _written;
            _written = null;
        }

        _closing.Cancel();
        _stream.Dispose();
        foreach (var request in waiting)
        {
            request.Fail(_failure);
        }

        unsent?.TrySetException(_failure);
    }

    /// <summary>The failure as a new request sees it: it was not sent.</summary>
    private KafkaConnectionException NotSent(KafkaConnectionException failure) =>
        new(failure.Failure, Broker, mayHaveBeenApplied: false, "The request was not sent.", failure);

    private void CheckDeadlines()
    {
        var isLate = false;
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _nextDeadline = long.MaxValue;
            foreach (var request in _pending)
            {
                isLate |= request.Deadline <= now;
                _nextDeadline = Math.Min(_nextDeadline, request.Deadline);
            }

            if (!isLate && _nextDeadline != long.MaxValue)
            {
                _deadlines.Change(Until(_nextDeadline, now), Timeout.InfiniteTimeSpan);
            }
        }

        if (isLate)
        {
            Close(KafkaConnectionFailure.RequestTimedOut, "", null);
        }
    }

    private TimeSpan Until(long deadline, long now) =>
        deadline <= now ? TimeSpan.Zero : _time.GetElapsedTime(now, deadline) + TimeSpan.FromMilliseconds(1);
}
