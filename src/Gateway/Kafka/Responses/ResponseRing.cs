using System.IO.Pipelines;
using Actors.Grains.Partitions;
using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>
/// The answers of one connection in the order of their requests. Answers become ready in any order and on any thread; what is
/// ready at the front leaves with one flush.
/// </summary>
/// <remarks>
/// <para>One thread drains at a time: who asks for a drain while one runs makes it run once more. While the client does not
/// take what was flushed, nobody drains, and the connection's reader stops at its limit; after the write time-out the
/// connection is aborted, and everything that is left is released unwritten. A deferred answer is made and written alone, on a
/// pool thread, so that the log's completion thread never reads a disk.</para>
/// <para>The monitor guards the queue only and is held for a few instructions.</para>
/// </remarks>
internal sealed class ResponseRing(
    PipeWriter output, KafkaGatewayOptions options, TimeProvider time, Action<string> abort, CancellationToken gone) : ICompletionDrain
{
    private const int WritesPerFlush = 256;
    private readonly Lock _gate = new();
    private readonly Exchange[] _writing = new Exchange[WritesPerFlush];
    private Exchange[] _queue = new Exchange[16];
    private int _head;
    private int _count;
    private int _leaving;
    private int _drainsWanted;
    private int _inBatch;
    private Exchange? _free;
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

    /// <summary>Puts a request behind the others. Only the connection's reader calls it.</summary>
    public void Enqueue(Exchange exchange)
    {
        lock (_gate)
        {
            if (_count == _queue.Length)
            {
                Grow();
            }

            _queue[(_head + _count++) & (_queue.Length - 1)] = exchange;
        }
    }

    /// <summary>Takes the list of exchanges that were released and may be used again; null when there are none.</summary>
    public Exchange? TakeFree() => Interlocked.Exchange(ref _free, null);

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

    /// <summary>Writes what is ready at the front. Any thread; does not block.</summary>
    public void Drain()
    {
        if (Interlocked.Increment(ref _drainsWanted) == 1)
        {
            DrainWhileWanted();
        }
    }

    /// <summary>
    /// Ends when fewer than <paramref name="limit"/> requests are in flight, or the ring is closed. With a limit of 1, every
    /// answer has been flushed by then.
    /// </summary>
    public async ValueTask WaitUntilBelowAsync(int limit, CancellationToken token)
    {
        while (true)
        {
            Task change;
            lock (_gate)
            {
                if (_count + _leaving < limit || _closed)
                {
                    return;
                }

                change = (_change ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await change.WaitAsync(token);
        }
    }

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

    private void DrainWhileWanted()
    {
        try
        {
            int seen;
            do
            {
                seen = Volatile.Read(ref _drainsWanted);
                while (TakeReady() is var taken and > 0)
                {
                    if (!TryWrite(taken))
                    {
                        return;
                    }
                }
            }
            while (Interlocked.Add(ref _drainsWanted, -seen) != 0);
        }
        catch (Exception failure)
        {
            // A response that cannot be encoded, or a pipe that is gone: this connection cannot go on, the others can.
            AbandonAfter(failure.Message);
        }
    }

    /// <summary>
    /// Moves ready exchanges from the front of the queue to the scratch array of whoever drains. Those that were taken before
    /// have left by now, and only now count as answered: whoever waits for that may end the connection.
    /// </summary>
    private int TakeReady()
    {
        TaskCompletionSource? change = null;
        var taken = 0;
        lock (_gate)
        {
            if (_leaving > 0)
            {
                (change, _change) = (_change, null);
            }

            while (taken < WritesPerFlush && _count > 0 && _queue[_head].IsReady)
            {
                var deferred = _queue[_head].IsDeferred;
                if (deferred && taken > 0)
                {
                    break;
                }

                _writing[taken++] = _queue[_head];
                _queue[_head] = null!;
                _head = (_head + 1) & (_queue.Length - 1);
                _count--;
                if (deferred)
                {
                    break;
                }
            }

            _leaving = taken;
        }

        change?.TrySetResult();
        return taken;
    }

    /// <returns>False when the flush has not ended; the drain goes on when it has.</returns>
    private bool TryWrite(int taken)
    {
        if (_closed)
        {
            ReleaseWritten(taken, written: false);
            return true;
        }

        if (_writing[0].IsDeferred)
        {
            _ = WriteDeferredAsync(_writing[0]);
            return false;
        }

        WriteAll(taken);
        ReleaseWritten(taken, written: true);
        var flush = output.FlushAsync();
        if (!flush.IsCompleted)
        {
            _ = GoOnAfterAsync(flush);
            return false;
        }

        if (flush.GetAwaiter().GetResult().IsCompleted)
        {
            Close();
        }

        return true;
    }

    private void WriteAll(int count)
    {
        var writer = new KafkaWriter(output);
        for (var index = 0; index < count; index++)
        {
            _writing[index].Write(ref writer);
        }

        writer.Flush();
    }

    private async Task WriteDeferredAsync(Exchange exchange)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await exchange.PrepareAsync(gone);
            WriteAll(1);
            var result = await output.FlushAsync(CancellationToken.None).AsTask().WaitAsync(options.WriteTimeout, time);
            ReleaseWritten(1, written: true);
            if (result.IsCompleted)
            {
                Close();
            }

            DrainWhileWanted();
        }
        catch (TimeoutException)
        {
            AbandonAfter($"it has taken none of its answers for {options.WriteTimeout}");
        }
        catch (Exception failure)
        {
            AbandonAfter(failure.Message);
        }
    }

    private async Task GoOnAfterAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            var result = await flush.AsTask().WaitAsync(options.WriteTimeout, time);
            if (result.IsCompleted)
            {
                Close();
            }

            DrainWhileWanted();
        }
        catch (TimeoutException)
        {
            AbandonAfter($"it has taken none of its answers for {options.WriteTimeout}");
        }
        catch (Exception failure)
        {
            AbandonAfter(failure.Message);
        }
    }

    private void AbandonAfter(string reason)
    {
        MarkClosed();
        abort(reason);
        foreach (ref var exchange in _writing.AsSpan())
        {
            exchange?.Release();
            exchange = null!;
        }

        Interlocked.Exchange(ref _drainsWanted, 0);
        Drain();
    }

    private void MarkClosed()
    {
        TaskCompletionSource? change;
        lock (_gate)
        {
            _closed = true;
            (change, _change) = (_change, null);
        }

        change?.TrySetResult();
    }

    private void ReleaseWritten(int taken, bool written)
    {
        Exchange? first = null;
        Exchange? last = null;
        for (var index = 0; index < taken; index++)
        {
            var exchange = _writing[index];
            _writing[index] = null!;
            if (written)
            {
                Written?.Invoke(exchange);
            }

            if (exchange.Release())
            {
                exchange.NextFree = first;
                first = exchange;
                last ??= exchange;
            }
        }

        if (first is null)
        {
            return;
        }

        do
        {
            last!.NextFree = Volatile.Read(ref _free);
        }
        while (Interlocked.CompareExchange(ref _free, first, last.NextFree) != last.NextFree);
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
