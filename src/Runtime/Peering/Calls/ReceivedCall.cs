using Actors.Runtime.Invocation;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>A call that has come from another silo, from its arrival to the sending of its answer.</summary>
/// <param name="stream">The connection that it came over; the answer goes the same way or not at all.</param>
/// <param name="request">The call.</param>
/// <param name="header">What came with it.</param>
/// <param name="bytes">How long the message was.</param>
internal sealed class ReceivedCall(CallStream stream, GrainRequest request, CallHeader header, int bytes)
{
    private FrameBuffer? _result;
    private int _released;

    /// <summary>The call.</summary>
    public GrainRequest Request => request;

    /// <summary>Its number on its connection; 0 for a one-way call.</summary>
    public long Id => header.Id;

    /// <summary>The caller's view.</summary>
    public long View => header.View;

    /// <summary>The calling grain; null when it is not a grain that calls.</summary>
    public GrainId? Source => header.Source.IsDefault ? null : header.Source;

    /// <summary>How long the message was.</summary>
    public int Bytes => bytes;

    /// <summary>Writes the result in the turn that made it, so that what the grain changes later is not in it. Gives the error when it cannot be written.</summary>
    public Exception? KeepResult()
    {
        var output = new FrameBuffer(stream.MaxMessageBytes);
        try
        {
            CallCodec.WriteResult(output, stream.Wire, header.Id, stream.View, request);
            _result = output;
            return null;
        }
        catch (Exception error)
        {
            output.Dispose();
            return error;
        }
    }

    /// <summary>Sends the result that was kept, or the error. By who has claimed the call's answer.</summary>
    public void Answer(Exception? error)
    {
        if (!TryClaim())
        {
            _result?.Dispose();
            return;
        }

        if (error is null && _result is { } result)
        {
            stream.SendAnswer(this, result);
        }
        else
        {
            _result?.Dispose();
            stream.SendRefusal(header.Id, error ?? new InvalidOperationException($"{request.Label} was answered without a result."), stream.View);
        }

        stream.Released(this);
    }

    /// <summary>The grain is not here: tells the caller, unless the call has been answered.</summary>
    /// <param name="view">The view that the caller is to have before it looks again.</param>
    public void Move(long view)
    {
        if (request.Method.IsOneWay)
        {
            Release();
            stream.ForwardOneWay(request);
        }
        else if (request.TryClaimAnswer() && TryClaim())
        {
            stream.SendRefusal(header.Id, error: null, view);
            stream.Released(this);
        }
    }

    /// <summary>Nobody waits for it, or its caller has cancelled it.</summary>
    public void Cancel(bool abandoned)
    {
        request.Extras?.Control?.CancelCallee();
        if (abandoned && request.TryClaimAnswer())
        {
            Release();
        }
    }

    /// <summary>The call is over and has no answer.</summary>
    public void Release()
    {
        if (TryClaim())
        {
            stream.Released(this);
        }
    }

    /// <summary>True for exactly one: that one counts the call as over, after its answer is queued.</summary>
    private bool TryClaim() => Interlocked.Exchange(ref _released, 1) == 0;
}
