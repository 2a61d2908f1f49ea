using System.IO.Pipelines;

namespace Actors.Runtime.Peering;

/// <content>The one writer at a time.</content>
internal sealed partial class Outbox
{
    /// <summary>The thread pool's entry: writes until nothing is queued.</summary>
    void IThreadPoolWorkItem.Execute() => _ = WriteAllAsync();

    /// <summary>Writes one batch on the caller's stack and hands the rest to the thread pool.</summary>
    private void WriteOnce()
    {
        if (!TryTakeBatch())
        {
            return;
        }

        FlushResult done;
        try
        {
            Flush();
            if (!_flush.IsCompletedSuccessfully)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }

            done = _flush.GetAwaiter().GetResult();
            _flush = default;
        }
        catch (Exception error)
        {
            Fail(error);
            return;
        }

        if (done.IsCompleted || done.IsCanceled)
        {
            Fail(null);
        }
        else if (!TryRest())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Copies the batch into the pipe and sends it off; whoever goes on writing takes the result, once.</summary>
    private void Flush()
    {
        CopyBatch();
#pragma warning disable CA2012 // Awaited by the writer, which is one at a time.
        _flush = _output.FlushAsync();
#pragma warning restore CA2012
    }

    private async Task WriteAllAsync()
    {
        try
        {
            while (true)
            {
                FlushResult done = await _flush.ConfigureAwait(false);
                _flush = default;
                if (done.IsCompleted || done.IsCanceled)
                {
                    Fail(null);
                    return;
                }

                if (!TryTakeBatch())
                {
                    return;
                }

                Flush();
            }
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    /// <summary>Lets go of the writer's part if nothing is left.</summary>
    private bool TryRest()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return EndWriting();
            }

            if (_long is not null || _calls.Count > 0 || _controls.Count > 0)
            {
                return false;
            }

            Rest();
            return true;
        }
    }

    /// <summary>Takes what goes into the next flush; false, and nobody writes any more, when there is nothing.</summary>
    private bool TryTakeBatch()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return !EndWriting();
            }

            int bytes = 0;
            while (bytes < BatchBytes && _controls.TryDequeue(out OutboundMessage control))
            {
                bytes += control.Body.Length + FrameHeader.Bytes;
                _controlBytes -= control.Body.Length;
                _batch.Add(control);
            }

            while (bytes < BatchBytes && _long is null && _calls.TryDequeue(out OutboundMessage call))
            {
                _callBytes -= call.Body.Length;
                if (call.Body.Length > FrameHeader.MaxBodyBytes)
                {
                    _long = call;
                    _longSent = 0;
                }
                else
                {
                    bytes += call.Body.Length + FrameHeader.Bytes;
                    _batch.Add(call);
                }
            }

            if (_batch.Count > 0 || _long is not null)
            {
                return true;
            }

            Rest();
            return false;
        }
    }

    /// <summary>Under the lock: nothing is left to write.</summary>
    private void Rest()
    {
        _writing = false;
        if (_ending)
        {
            _closed = true;
            EndWriting();
        }
    }

    /// <summary>Under the lock, after the outbox was closed: the writer is done.</summary>
    private bool EndWriting()
    {
        _writing = false;
        _long?.Body.Dispose();
        _long = null;
        _stopped.TrySetResult();
        return true;
    }

    private void CopyBatch()
    {
        foreach (OutboundMessage message in _batch)
        {
            int sent = 0;
            do
            {
                sent += CopyFrame(message, sent);
            }
            while (sent < message.Body.Length);
            message.Body.Dispose();
        }

        _batch.Clear();
        if (_long is { } call)
        {
            _longSent += CopyFrame(call, _longSent);
            if (_longSent == call.Body.Length)
            {
                _long = null;
                call.Body.Dispose();
            }
        }
    }

    /// <summary>Copies the next frame of a message; gives how many bytes of the body it has.</summary>
    private int CopyFrame(OutboundMessage message, int sent)
    {
        int count = Math.Min(message.Body.Length - sent, FrameHeader.MaxBodyBytes);
        FrameHeader.Write(_output.GetSpan(FrameHeader.Bytes), message.Kind, count, more: sent + count < message.Body.Length);
        _output.Advance(FrameHeader.Bytes);
        for (int copied = 0; copied < count;)
        {
            Span<byte> room = _output.GetSpan();
            room = room[..Math.Min(room.Length, count - copied)];
            message.Body.CopyTo(sent + copied, room);
            _output.Advance(room.Length);
            copied += room.Length;
        }

        return count;
    }

    private void Fail(Exception? error)
    {
        // The batch may have been sent in part, so its calls are not among the unsent.
        foreach (OutboundMessage message in _batch)
        {
            message.Body.Dispose();
        }

        _batch.Clear();
        lock (_lock)
        {
            _closed = true;
            EndWriting();
        }

        _failed(error is null ? "the peer takes no more bytes" : error.Message);
    }
}
