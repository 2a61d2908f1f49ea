using System.IO.Pipelines;
using Actors.Runtime.Scheduling;

namespace Actors.Runtime.Peering;

/// <summary>
/// What one connection has to send: two bounded queues, and the one writer at a time that empties them into the pipe. Control
/// messages go before calls, also between the frames of a long call.
/// </summary>
/// <remarks>
/// Any thread may send. Who finds nobody writing becomes the writer for one batch, on its own stack, which never waits and never
/// runs anybody else's code; a thread that has more turns to run may hold its part until it has run some of
/// them, or until another thread sends. What is left, or what the peer is too slow for, is written by the thread pool. One flush covers all
/// that is queued, up to a batch. An idle outbox has no thread and no timer. A failed write closes the outbox. Requests are counted in
/// the order in which they are written, so that the peer's count tells which of them it has taken.
/// </remarks>
internal sealed partial class Outbox : IThreadPoolWorkItem, IHeldWrite
{
    private const int BatchBytes = FrameHeader.MaxBodyBytes;

    private readonly Lock _lock = new();
    private readonly PipeWriter _output;
    private readonly PeeringOptions _options;
    private readonly Action<string> _failed;
    private readonly Queue<OutboundMessage> _controls = new();
    private readonly Queue<OutboundMessage> _calls = new();
    private readonly List<OutboundMessage> _batch = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _controlBytes;
    private long _callBytes;
    private long _requests;
    private bool _writing;
    private bool _held;
    private bool _ending;
    private bool _closed;

    // Owned by the writer.
    private OutboundMessage? _long;
    private int _longSent;
    private ValueTask<FlushResult> _flush;

    /// <param name="output">Where the frames go. Used by this class alone until <see cref="Stopped"/>.</param>
    /// <param name="options">The limits.</param>
    /// <param name="failed">Told once, with the reason, when the peer takes nothing any more.</param>
    public Outbox(PipeWriter output, PeeringOptions options, Action<string> failed)
    {
        _output = output;
        _options = options;
        _failed = failed;
    }

    /// <summary>Completes when the outbox is closed and nobody writes any more.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>Queues a message, which belongs to the outbox when it is queued and to the caller otherwise.</summary>
    /// <param name="message">The message.</param>
    /// <param name="always">True for what is small and bounded elsewhere: it is queued even when the queue is full.</param>
    public SendResult TrySend(in OutboundMessage message, bool always = false)
    {
        lock (_lock)
        {
            if (_closed || _ending)
            {
                return SendResult.NotConnected;
            }

            if (FrameHeader.IsCall(message.Kind))
            {
                if (!always && (_calls.Count >= _options.MaxQueuedCalls || (_callBytes > 0 && _callBytes + message.Body.Length > _options.MaxQueuedCallBytes)))
                {
                    return SendResult.Full;
                }

                _callBytes += message.Body.Length;
                _calls.Enqueue(message);
                if (message.Call is { } call)
                {
                    call.Sequence = ++_requests;
                }
            }
            else
            {
                if (!always && (_controls.Count >= _options.MaxQueuedControls || (_controlBytes > 0 && _controlBytes + message.Body.Length > _options.MaxQueuedControlBytes)))
                {
                    return SendResult.Full;
                }

                _controlBytes += message.Body.Length;
                _controls.Enqueue(message);
            }

            // Calls that a thread holds for those of its next turns go with the first message that is not held.
            HeldWrites held = Worker.Current.Held;
            bool waits = held.IsHolding && FrameHeader.IsCall(message.Kind);
            if (_writing && (!_held || waits))
            {
                return SendResult.Queued;
            }

            _held = waits && held.TryHold(this);
            _writing = true;
            if (_held)
            {
                return SendResult.Queued;
            }
        }

        WriteOnce();
        return SendResult.Queued;
    }

    /// <summary>Writes what was held for others, unless that has been done.</summary>
    void IHeldWrite.Write()
    {
        lock (_lock)
        {
            if (!_held)
            {
                return;
            }

            _held = false;
        }

        WriteOnce();
    }

    /// <summary>Sends what is queued, apart from requests, then a last message, and nothing more. Gives the calls of which surely nothing was sent.</summary>
    /// <param name="last">Belongs to the outbox.</param>
    public List<SentCall> End(in OutboundMessage last)
    {
        var unsent = new List<SentCall>();
        lock (_lock)
        {
            if (_closed || _ending)
            {
                last.Body.Dispose();
                return unsent;
            }

            _ending = true;
            for (int count = _calls.Count; count > 0; count--)
            {
                OutboundMessage message = _calls.Dequeue();
                if (message.Call is { } call)
                {
                    unsent.Add(call);
                    _callBytes -= message.Body.Length;
                    message.Body.Dispose();
                }
                else
                {
                    _calls.Enqueue(message);
                }
            }

            // Behind the answers: who reads it, reads nothing after it.
            _callBytes += last.Body.Length;
            _calls.Enqueue(last);
            if (_writing)
            {
                return unsent;
            }

            _writing = true;
        }

        WriteOnce();
        return unsent;
    }

    /// <summary>Sends nothing more. Gives the calls of which surely nothing was sent.</summary>
    public List<SentCall> Close()
    {
        var unsent = new List<SentCall>();
        bool idle;
        lock (_lock)
        {
            _closed = true;
            idle = !_writing;
            foreach (OutboundMessage message in _calls)
            {
                if (message.Call is { } call)
                {
                    unsent.Add(call);
                }

                message.Body.Dispose();
            }

            foreach (OutboundMessage message in _controls)
            {
                message.Body.Dispose();
            }

            _calls.Clear();
            _controls.Clear();
            _callBytes = _controlBytes = 0;
        }

        if (idle)
        {
            _stopped.TrySetResult();
        }

        return unsent;
    }
}
