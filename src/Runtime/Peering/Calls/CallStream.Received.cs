using System.Buffers;
using Actors.Runtime.Context;
using Actors.Runtime.Invocation;
using Actors.Runtime.Scheduling;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <content>Calls that come from there, and their answers.</content>
internal sealed partial class CallStream
{
    /// <summary>How many calls of the peer have no answer in the queue yet.</summary>
    public int Unanswered => Volatile.Read(ref _receivedCount);

    /// <summary>Sends the result of a call; one that finds the queue full is replaced by a sentence.</summary>
    public void SendAnswer(ReceivedCall call, FrameBuffer result)
    {
        int bytes = result.Length;
        SendResult sent = _connection.TrySend(new OutboundMessage(FrameKind.Response, result));
        if (sent != SendResult.Queued)
        {
            result.Dispose();
        }

        if (sent == SendResult.Full)
        {
            SendRefusal(
                call.Id, new SiloUnavailableException($"{call.Request.Label} was called, but its answer of {bytes} bytes finds the queue from {_calls.Silo.Address} full."), View);
        }
    }

    /// <summary>Sends an exception as a call's answer, or without one that the grain is elsewhere.</summary>
    public void SendRefusal(long id, Exception? error, long view)
    {
        var body = new FrameBuffer(MaxMessageBytes);
        try
        {
            CallCodec.WriteRefusal(body, Wire, id, view, error);
        }
        catch (Exception problem) when (error is not null)
        {
            body.Dispose();
            body = new FrameBuffer(MaxMessageBytes);
            CallCodec.WriteRefusal(body, Wire, id, view, new OrleansException($"{error.GetType().FullName}: {error.Message} (it cannot be written: {problem.Message})"));
        }

        Post(FrameKind.Response, body);
    }

    /// <summary>A one-way call came for a grain that is elsewhere: it goes on from here, for nobody waits for it there.</summary>
    public void ForwardOneWay(GrainRequest request)
    {
        if (request.Extras is { } extras)
        {
            extras.Received = null;
            _calls.Reroute(extras.Sent ??= new SentCall(request));
        }
    }

    /// <summary>A received call is over.</summary>
    public void Released(ReceivedCall call)
    {
        if (call.Id != 0)
        {
            _received.TryTake(call.Id, out _);
        }

        Interlocked.Decrement(ref _receivedCount);
        Interlocked.Add(ref _receivedBytes, -call.Bytes);
    }

    private void ReceiveRequest(in ReadOnlySequence<byte> message)
    {
        CallHeader header = default;
        GrainRequest? request = null;
        MethodEntry? method = null;
        Exception? refusal;
        try
        {
            refusal = CallCodec.ReadRequest(message, Wire, _calls.Methods, out header, out request, out method);
        }
        catch (Exception error) when (header.Id != 0)
        {
            refusal = error;
        }

        LocalSilo silo = _calls.Silo;
        GrainReference? target = method is null ? null : silo.References.Find(header.Target, method.Interface);
        if (refusal is null && target is null)
        {
            refusal = new OrleansException($"This silo does not know the interface '{method!.Interface}'.");
        }

        if (refusal is not null || request is null)
        {
            if (header.Id != 0)
            {
                SendRefusal(header.Id, refusal, View);
            }

            return;
        }

        int bytes = (int)message.Length;
        var call = new ReceivedCall(this, request, header, bytes);
        int count = Interlocked.Increment(ref _receivedCount);
        if (count > _calls.Options.MaxReceivedCalls || Interlocked.Add(ref _receivedBytes, bytes) - bytes > _calls.Options.MaxReceivedBytes)
        {
            if (count > _calls.Options.MaxReceivedCalls)
            {
                Interlocked.Add(ref _receivedBytes, bytes);
            }

            call.Release();
            if (header.Id != 0)
            {
                SendRefusal(header.Id, new LimitExceededException($"{silo.Address} is busy: {count} calls of {_connection.Peer.Address} wait there already."), View);
            }

            return;
        }

        if (header.Id != 0 && !_received.TryAdd(header.Id, call))
        {
            throw new PeerProtocolException($"Two calls have the number {header.Id}.");
        }

        request.Target = target!;
        CallExtras extras = request.Extras = new CallExtras { Received = call };
        if (header.Data is not null || header.Trace != default || CallAmbient.IsTraced)
        {
            extras.Ambient = CallAmbient.Remote(header.Data, header.Trace);
        }

        if (request.Method.IsCancellable)
        {
            extras.Control = new CallControl(request, silo);
            extras.Control.Attach(default);
        }

        request.SentMs = silo.Epoch + Math.Min(header.RemainingMs, int.MaxValue) - silo.ResponseTimeoutMsOf(request.Method);
        silo.Resend(request);
    }
}
