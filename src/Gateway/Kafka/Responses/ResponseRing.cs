using System.IO.Pipelines;
using Actors.Grains.Partitions;

namespace Actors.Gateway.Kafka;

/// <summary>
/// The answers of one connection in the order of their requests. Answers become ready in any order and on any thread; what is
/// ready at the front leaves with one flush.
/// </summary>
/// <remarks>
/// <para>One thread drains at a time: who asks for a drain while one runs makes it run once more. While the client does not
/// take what was flushed, nobody drains, and the connection's reader stops at its limits; after the write time-out the
/// connection is aborted, and everything that is left is released unwritten. A deferred answer is made and written alone, on a
/// pool thread, so that the log's completion thread never reads a disk.</para>
/// <para>The monitor guards the queue only and is held for a few instructions.</para>
/// </remarks>
internal sealed partial class ResponseRing(
    PipeWriter output, KafkaGatewayOptions options, TimeProvider time, Action<string> abort, CancellationToken gone) : ICompletionDrain
{
    private readonly Lock _gate = new();
    private Exchange[] _queue = new Exchange[16];
    private int _head;
    private int _count;
    private int _leaving;
    private long _heldBytes;
    private int _inBatch;
    private TaskCompletionSource? _change;
    private bool _closed;

    /// <summary>Called with every exchange after it was written.</summary>
    public Action<Exchange>? Written { get; set; }

    /// <inheritdoc/>
    public ICompletionDrain? NextDrain { get; set; }

    /// <summary>Requests whose answers the client's pipe has not taken yet.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate)
            {
                return _count + _leaving;
            }
        }
    }

    /// <summary>How many more requests may come.</summary>
    public int Room => options.MaxRequestsInFlight - InFlight;

    /// <summary>Whether the bytes that requests and answers hold leave room for one more.</summary>
    public bool HasRoomForBytes => Volatile.Read(ref _heldBytes) < options.MaxBytesInFlight;

    /// <summary>Puts a request behind the others. Only the connection's reader calls it.</summary>
    public void Enqueue(Exchange exchange)
    {
        if (exchange.HeldBytes > 0)
        {
            Interlocked.Add(ref _heldBytes, exchange.HeldBytes);
        }

        lock (_gate)
        {
            if (_count == _queue.Length)
            {
                Grow();
            }

            _queue[(_head + _count++) & (_queue.Length - 1)] = exchange;
        }
    }

    /// <summary>An exchange holds more, or fewer, bytes than it did. Any thread.</summary>
    public void Charge(long bytes)
    {
        if (bytes == 0)
        {
            return;
        }

        Interlocked.Add(ref _heldBytes, bytes);
        if (bytes < 0)
        {
            Signal();
        }
    }

    /// <summary>Exchanges that were released and may be used again by the connection's reader.</summary>
    public FreeExchanges Free { get; } = new();

    /// <summary>Adds the ring to a batch of completions, once, however many of its exchanges the batch completes.</summary>
    public void JoinBatch(ref CompletionBatch batch)
    {
        if (Interlocked.Exchange(ref _inBatch, 1) == 0)
        {
            batch.Add(this);
        }
    }

    /// <inheritdoc/>
    void ICompletionDrain.Drain()
    {
        Volatile.Write(ref _inBatch, 0);
        Drain();
    }

    /// <summary>Ends when another request may come, or the ring is closed.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken token) => WaitUntilBelowAsync(options.MaxRequestsInFlight, options.MaxBytesInFlight, token);

    /// <summary>Ends when every answer has been flushed, or the ring is closed.</summary>
    public ValueTask WaitUntilEmptyAsync(CancellationToken token) => WaitUntilBelowAsync(1, long.MaxValue, token);

    /// <summary>Expires requests whose time is over, and says when to look again; <see cref="long.MaxValue"/> for never.</summary>
    public long Expire(long nowTimestamp)
    {
        var next = long.MaxValue;
        var expired = false;
        lock (_gate)
        {
            for (var index = 0; index < _count; index++)
            {
                var exchange = _queue[(_head + index) & (_queue.Length - 1)];
                if (exchange.IsReady)
                {
                    continue;
                }

                if (exchange.ExpiresAtTimestamp <= nowTimestamp)
                {
                    expired |= exchange.TryExpire(nowTimestamp);
                }
                else
                {
                    next = Math.Min(next, exchange.ExpiresAtTimestamp);
                }
            }
        }

        if (expired)
        {
            Drain();
        }

        return next;
    }

    /// <summary>The connection is gone: answers are released as they become ready, and nothing is written any more.</summary>
    public void Close()
    {
        MarkClosed();
        Drain();
    }

    private async ValueTask WaitUntilBelowAsync(int requests, long bytes, CancellationToken token)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_closed || (_count + _leaving < requests && Volatile.Read(ref _heldBytes) < bytes))
                {
                    return;
                }

                change = (_change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await change.WaitAsync(token);
        }
    }

    private void MarkClosed()
    {
        lock (_gate)
        {
            _closed = true;
        }

        Signal();
    }

    private void Signal()
    {
        TaskCompletionSource? change;
        lock (_gate)
        {
            (change, _change) = (_change, null);
        }

        change?.TrySetResult();
    }

    private void Grow()
    {
        var larger = new Exchange[_queue.Length * 2];
        for (var index = 0; index < _count; index++)
        {
            larger[index] = _queue[(_head + index) & (_queue.Length - 1)];
        }

        _queue = larger;
        _head = 0;
    }
}
