using System.IO.Pipelines;
using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <content>From the queue to the client's pipe.</content>
internal sealed partial class ResponseRing
{
    private const int WritesPerFlush = 256;
    private readonly Exchange[] _writing = new Exchange[WritesPerFlush];
    private int _drainsWanted;
    private long _leavingBytes;

    /// <summary>Writes what is ready at the front. Any thread; does not block.</summary>
    public void Drain()
    {
        if (Interlocked.Increment(ref _drainsWanted) == 1)
        {
            DrainWhileWanted();
        }
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
            Interlocked.Add(ref _heldBytes, -_leavingBytes);
            _leavingBytes = 0;
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

            _leavingBytes += exchange.HeldBytes;
            if (exchange.Release())
            {
                exchange.NextFree = first;
                first = exchange;
                last ??= exchange;
            }
        }

        if (first is not null)
        {
            Free.Give(first, last!);
        }
    }
}
