using System.Buffers;
using System.IO.Pipelines;
using Actors.Runtime.Scheduling;

namespace Actors.Runtime.Peering;

/// <summary>One authenticated connection to a peer: its outbox, and the loop that reads it.</summary>
/// <remarks>
/// Only a connection that the hub has adopted carries messages; those that arrive on one that has been replaced are dropped. What
/// breaks the protocol closes the connection with a reason, of which the peer is told when it still listens.
/// </remarks>
#pragma warning disable CA1001 // What it owns ends with its reading loop.
internal sealed class PeerConnection
#pragma warning restore CA1001
{
    private static readonly TimeSpan LingerLimit = TimeSpan.FromSeconds(1);

    private readonly IPeerTransport _transport;
    private readonly PeeringOptions _options;
    private readonly PeerEventPump _events;
    private readonly TimeProvider _time;
    private readonly MessageAssembler _controls;
    private readonly MessageAssembler _calls;
    private readonly Outbox _outbox;
    private ICallStream? _stream;
    private volatile bool _tellsEnd;

    // Owned by the reading loop.
    private long _taken;
    private long? _takenThere;
    private string? _closeReason;
    private volatile bool _isCurrent;
    private bool _wasAnswered;
    private long _answeredAt;

    public PeerConnection(IPeerTransport transport, PeerIdentity peer, int version, PeeringOptions options, PeerEventPump events, TimeProvider time)
    {
        _transport = transport;
        Peer = peer;
        Version = version;
        _options = options;
        _events = events;
        _time = time;
        _controls = new MessageAssembler(options.MaxControlBytes);
        _calls = new MessageAssembler(options.MaxCallBytes);
        _outbox = new Outbox(transport.Output, options, reason => Close(reason));
    }

    /// <summary>Who is at the other end.</summary>
    public PeerIdentity Peer { get; }

    /// <summary>The protocol version that both speak.</summary>
    public int Version { get; }

    /// <summary>Its number among the connections of the two silos; 0 until it is adopted.</summary>
    public long Number { get; private set; }

    /// <summary>True while it is the connection of the two silos.</summary>
    public bool IsCurrent => _isCurrent;

    /// <summary>The calls that go over it; null until it is adopted.</summary>
    public ICallStream? Stream => _stream;

    /// <summary>Why it was closed; null while it is open.</summary>
    public string? CloseReason => Volatile.Read(ref _closeReason);

    /// <summary>When the peer's last answer to a call came, as a timestamp of the silo's clock; 0 when none has. From any thread.</summary>
    public long AnsweredAt => Volatile.Read(ref _answeredAt);

    /// <summary>Makes it the connection of the two silos. By the hub, once.</summary>
    public void Adopt(long number, ICallStream stream)
    {
        Number = number;
        _stream = stream;
        _isCurrent = true;
    }

    /// <summary>Sends a message; see <see cref="Outbox.TrySend"/>.</summary>
    public SendResult TrySend(in OutboundMessage message, bool always = false) => _outbox.TrySend(message, always);

    /// <summary>Sends a control frame with a short body.</summary>
    public SendResult TrySend(FrameKind kind, ReadOnlySpan<byte> body, bool always = false)
    {
        var buffer = new FrameBuffer(_options.MaxControlBytes);
        buffer.Write(body);
        SendResult result = TrySend(new OutboundMessage(kind, buffer), always);
        if (result != SendResult.Queued)
        {
            buffer.Dispose();
        }

        return result;
    }

    /// <summary>Ends the connection at once; the first reason counts. Its reading loop then tells the hub.</summary>
    public void Close(string reason)
    {
        Interlocked.CompareExchange(ref _closeReason, reason, null);
        _isCurrent = false;
        _transport.Abort(reason);
    }

    /// <summary>Ends the connection and tells the peer why, if it listens.</summary>
    public void CloseAndTell(string reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, reason, null) is null)
        {
            _isCurrent = false;
            _tellsEnd = true;
            _transport.Input.CancelPendingRead();
        }
    }

    /// <summary>Reads until the connection ends; gives why. What the calls need to know they are told.</summary>
    public async Task<string> RunAsync()
    {
        string reason;
        try
        {
            reason = await ReadAsync().ConfigureAwait(false);
        }
        catch (PeerProtocolException broken)
        {
            reason = broken.Message;
            _tellsEnd = true;
        }
        catch (Exception error)
        {
            reason = error.Message;
        }

        Interlocked.CompareExchange(ref _closeReason, reason, null);
        _isCurrent = false;
        List<SentCall> unsent = _tellsEnd ? _outbox.End(CloseMessage()) : _outbox.Close();
        await using (_time.CreateTimer(static self => ((PeerConnection)self!).Abort(), this, LingerLimit, Timeout.InfiniteTimeSpan))
        {
            await _outbox.Stopped.ConfigureAwait(false);
            await _transport.DisposeAsync().ConfigureAwait(false);
        }

        _controls.Dispose();
        _calls.Dispose();
        _stream?.Closed(CloseReason!, unsent, _takenThere);
        return CloseReason!;
    }

    /// <summary>Written when nothing is read any more, so that the count is final.</summary>
    private OutboundMessage CloseMessage()
    {
        var body = new FrameBuffer(_options.MaxControlBytes);
        body.Write(CloseText.Encode(CloseReason!, _taken));
        return new OutboundMessage(FrameKind.Close, body);
    }

    private async Task<string> ReadAsync()
    {
        PipeReader input = _transport.Input;
        while (true)
        {
            ReadResult result = await input.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (!TryHandleAll(ref buffer, out string? closeReason))
            {
                if (closeReason is not null)
                {
                    return closeReason;
                }

                await _events.RoomAsync(Peer).ConfigureAwait(false);
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || result.IsCanceled)
            {
                return CloseReason ?? "the peer closed the connection";
            }
        }
    }

    /// <summary>
    /// Takes the whole frames off the front, and sets going together what they ask for. False: the peer closes the connection, with a
    /// reason, or there is no room for more control messages.
    /// </summary>
    private bool TryHandleAll(ref ReadOnlySequence<byte> buffer, out string? closeReason)
    {
        closeReason = null;
        Worker worker = Worker.Current;
        WorkBatch.Begin(worker);
        try
        {
            while (true)
            {
                OperationStatus status = FrameHeader.TryRead(ref buffer, FrameHeader.MaxBodyBytes, out FrameKind kind, out bool more, out ReadOnlySequence<byte> body);
                if (status == OperationStatus.InvalidData)
                {
                    throw new PeerProtocolException("A frame's header is rubbish.");
                }

                if (status == OperationStatus.NeedMoreData)
                {
                    return true;
                }

                closeReason = Handle(kind, more, body);
                if (closeReason is not null || (kind == FrameKind.Message && _events.IsFull(Peer)))
                {
                    return false;
                }
            }
        }
        finally
        {
            WorkBatch.End(worker);
            if (_wasAnswered)
            {
                _wasAnswered = false;
                Volatile.Write(ref _answeredAt, _time.GetTimestamp());
            }
        }
    }

    /// <summary>Takes a frame; gives the peer's reason when it closes the connection.</summary>
    private string? Handle(FrameKind kind, bool more, in ReadOnlySequence<byte> body)
    {
        MessageAssembler lane = FrameHeader.IsCall(kind) ? _calls : _controls;
        if (!lane.TryComplete(kind, more, body, out ReadOnlySequence<byte> message))
        {
            return null;
        }

        try
        {
            switch (kind)
            {
                case FrameKind.Close:
                    (string text, _takenThere) = CloseText.Decode(message);
                    return "the peer closed the connection: " + text;
                case FrameKind.Message when _isCurrent:
                    _events.Received(Peer, message.ToArray());
                    return null;
                case FrameKind.Request or FrameKind.Response or FrameKind.Cancel when _isCurrent:
                    _taken += kind == FrameKind.Request ? 1 : 0;
                    _wasAnswered |= kind == FrameKind.Response;
                    _stream!.Received(kind, message);
                    return null;
                case < FrameKind.Adopt:
                    throw new PeerProtocolException($"A handshake frame (kind {(byte)kind}) came after the handshake.");
                default:
                    return null; // Of a connection that has been replaced, or of a newer build.
            }
        }
        finally
        {
            lane.Release();
        }
    }

    /// <summary>A peer that reads nothing does not hear why the connection ends.</summary>
    private void Abort() => _transport.Abort(CloseReason!);
}
