using System.Buffers;
using Actors.Runtime.Context;
using Actors.Runtime.Invocation;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Serialization;
using Actors.Runtime.Watch;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>
/// The calls over one connection: those that wait for answers from there, and those from there that are not answered yet. Both
/// numbers are bounded. When the connection ends, calls of which surely nothing was sent go another way, the others fail.
/// </summary>
internal sealed partial class CallStream : ICallStream, IOverseen
{
    private readonly RemoteCalls _calls;
    private readonly PeerConnection _connection;
    private readonly OpenCalls<SentCall> _sent = new();
    private readonly OpenCalls<ReceivedCall> _received = new();
    private readonly Func<long, bool, SentCall?> _claim;
    private long _ids;
    private int _sentCount;
    private int _receivedCount;
    private long _receivedBytes;
    private volatile bool _closed;

    public CallStream(RemoteCalls calls, PeerConnection connection)
    {
        _calls = calls;
        _connection = connection;
        _claim = Claim;
    }

    /// <summary>Codecs and limits.</summary>
    public WireContext Wire => _calls.Wire;

    /// <summary>The longest call or answer.</summary>
    public int MaxMessageBytes => _calls.Options.MaxCallBytes;

    /// <summary>This silo's view.</summary>
    public long View => _calls.Router.View;

    /// <summary>Sends a call; whatever happens becomes its answer.</summary>
    public void Send(GrainRequest request)
    {
        SentCall call = (request.Extras ??= new CallExtras()).Sent ??= new SentCall(request);
        bool isOneWay = request.Method.IsOneWay;
        if (!isOneWay && Interlocked.Increment(ref _sentCount) > _calls.Options.MaxPendingCalls)
        {
            Interlocked.Decrement(ref _sentCount);
            Refuse(request, new LimitExceededException(
                $"{_connection.Peer.Address} is busy: {_calls.Options.MaxPendingCalls} calls wait for its answers already. {request.Label} was not called."));
            return;
        }

        long id = isOneWay ? 0 : Interlocked.Increment(ref _ids);
        call.Begin(this, id);
        var body = new FrameBuffer(MaxMessageBytes);
        try
        {
            CallCodec.WriteRequest(body, Wire, HeaderOf(request, id), _calls.Methods.Of(request.Method).Name, request);
        }
        catch (Exception error)
        {
            body.Dispose();
            Uncount(isOneWay);
            Refuse(request, error);
            return;
        }

        if (!isOneWay)
        {
            _sent.TryAdd(id, call);
        }

        SendResult result = _connection.TrySend(new OutboundMessage(FrameKind.Request, body, call));
        if (result == SendResult.Queued)
        {
            if (_closed && TryTake(id, out _))
            {
                FailLost(call);
            }
            else if (request.IsAbandoned && request.Extras?.Control is not null)
            {
                Cancel(call);
            }

            return;
        }

        body.Dispose();
        if (!isOneWay && !TryTake(id, out _))
        {
            return; // The connection's end has answered it.
        }

        if (result == SendResult.Full)
        {
            Refuse(request, new LimitExceededException($"The queue to {_connection.Peer.Address} is full. {request.Label} was not called."));
        }
        else
        {
            _calls.Hold(request);
        }
    }

    /// <summary>Tells the peer that a call's caller has cancelled it or waits no more.</summary>
    public void Cancel(SentCall call)
    {
        long id = call.Id;
        bool abandoned = call.Request.IsAbandoned;
        if (id == 0 || !(abandoned ? TryTake(id, out _) : _sent.TryGet(id, out _)))
        {
            return;
        }

        var body = new FrameBuffer(MaxMessageBytes);
        CallCodec.WriteCancel(body, Wire, id, abandoned);
        Post(FrameKind.Cancel, body);
    }

    public void Opened()
    {
        _calls.Silo.Overseer.Watch(this);
        _calls.RoutesChanged();
    }

    public void Received(FrameKind kind, in ReadOnlySequence<byte> message)
    {
        try
        {
            switch (kind)
            {
                case FrameKind.Request:
                    ReceiveRequest(message);
                    break;
                case FrameKind.Response:
                    ReceiveResponse(message);
                    break;
                default:
                    (long id, bool abandoned) = CallCodec.ReadCancel(message, Wire);
                    if (_received.TryGet(id, out ReceivedCall? call))
                    {
                        call.Cancel(abandoned);
                    }

                    break;
            }
        }
        catch (WireFormatException error)
        {
            throw new PeerProtocolException($"A {kind} is rubbish: {error.Message}");
        }
    }

    public void Closed(string reason, IReadOnlyList<SentCall> unsent, long? taken)
    {
        _closed = true;
        foreach (SentCall call in unsent)
        {
            if (call.Id == 0 || TryTake(call.Id, out _))
            {
                _calls.Reroute(call);
            }
        }

        // By number: a call that has found another connection meanwhile has another one there.
        foreach (long id in _sent.Numbers())
        {
            if (!TryTake(id, out SentCall? call))
            {
                continue;
            }

            if (call!.Sequence > taken)
            {
                _calls.Reroute(call);
            }
            else
            {
                FailLost(call);
            }
        }

        foreach (ReceivedCall call in _received.ToArray())
        {
            call.Cancel(abandoned: true);
        }
    }

    /// <summary>Expires calls that are too old, once a second.</summary>
    public bool Inspect(long nowMs)
    {
        foreach (SentCall call in _sent.ToArray())
        {
            call.Request.ExpireIfOlder(nowMs);
            if (call.Request.IsAbandoned)
            {
                if (_calls.Silo.CancelsOnTimeout)
                {
                    Cancel(call);
                }
                else
                {
                    TryTake(call.Id, out _);
                }
            }
        }

        return !_closed;
    }

    private static void Refuse(GrainRequest request, Exception error) => request.Reject(error);

    private CallHeader HeaderOf(GrainRequest request, long id)
    {
        LocalSilo silo = _calls.Silo;
        CallAmbient? ambient = request.Extras?.Ambient;
        return new CallHeader
        {
            Id = id,
            View = View,
            Target = request.Target.GrainId,
            RemainingMs = Math.Max(1, silo.ResponseTimeoutMsOf(request.Method) + request.SentMs - silo.Epoch),
            Source = request.Source?.GrainId ?? request.Extras?.Received?.Source ?? default,
            Data = ambient?.Data,
            Trace = ambient?.Trace ?? default,
        };
    }

    private void ReceiveResponse(in ReadOnlySequence<byte> message)
    {
        CallCodec.ReadResponse(message, Wire, _claim, out CallResponse response);
        if (response.Call is not { } call)
        {
            return;
        }

        if (response.Outcome == CallOutcomeCode.Moved)
        {
            call.MinView = Math.Max(call.MinView, response.View);
            _calls.Reroute(call);
        }
        else if (response.Outcome == CallOutcomeCode.Answered)
        {
            call.Request.Complete(response.Error);
        }
        else
        {
            call.Request.Reject(new OrleansException($"{_connection.Peer.Address} gave an answer of a kind that this build does not know ({response.Outcome})."));
        }
    }

    /// <summary>Takes a call off the list for its answer; null when it waits no more. One that moved keeps its answer to come.</summary>
    private SentCall? Claim(long id, bool isAnswer) =>
        TryTake(id, out SentCall? call) && (isAnswer ? call!.Request.TryClaimAnswer() : !call!.Request.IsAbandoned) ? call : null;

    private bool TryTake(long id, out SentCall? call)
    {
        if (!_sent.TryTake(id, out call))
        {
            return false;
        }

        Uncount(isOneWay: false);
        return true;
    }

    private void Uncount(bool isOneWay)
    {
        if (!isOneWay)
        {
            Interlocked.Decrement(ref _sentCount);
        }
    }

    private void FailLost(SentCall call) => call.Request.Reject(new SiloUnavailableException(
        $"The connection to {_connection.Peer.Address} was lost ({_connection.CloseReason}) while it had {call.Request.Label} for {call.Request.Target.GrainId}: the call may have been delivered."));

    private void Post(FrameKind kind, FrameBuffer body)
    {
        if (_connection.TrySend(new OutboundMessage(kind, body), always: true) != SendResult.Queued)
        {
            body.Dispose();
        }
    }
}
