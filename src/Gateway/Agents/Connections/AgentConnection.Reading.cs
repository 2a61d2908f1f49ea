using System.Buffers;
using System.Net.WebSockets;
using Actors.Agents;
using Actors.Agents.Frames;

namespace Actors.Gateway.Agents;

/// <summary>What the peer sends.</summary>
internal sealed partial class AgentConnection
{
    private const int FirstBufferBytes = 1_024;

    /// <summary>Bytes of a frame that need no share of <see cref="ConnectionServices.Arriving"/>.</summary>
    private const int FreeFrameBytes = 4_096;

    /// <summary>Notices that the peer has not taken, beyond which nothing more is read of it: who makes mistakes takes the answers first.</summary>
    private const int MaxNotices = 256;

    private const int FrameBurstSeconds = 2;
    private const int ChangeBurstSeconds = 10;

    private TaskCompletionSource? _mayRead;
    private Allowance _frames;
    private Allowance _changes;

    /// <summary>Reads until the other end closes; throws when it is gone.</summary>
    private async Task ReadAsync()
    {
        var isOpen = true;
        while (isOpen)
        {
            // A receive of nothing ends when there is something, and needs no buffer as long as there is not.
            var first = await _socket!.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
            if (first.MessageType == WebSocketMessageType.Close)
                break;
            isOpen = TryBeginFrame(first.MessageType) ? await ReadFrameAsync(first.EndOfMessage) : await PassOverAsync(first.EndOfMessage);
            if (isOpen && WaitToRead() is { } wait)
                await wait;
        }

        await WaitForCloseAsync();
    }

    /// <summary>Reads the rest of a frame and does what it asks for.</summary>
    /// <returns>False when the other end has closed in the middle.</returns>
    private async ValueTask<bool> ReadFrameAsync(bool isWhole)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        var sharedBytes = 0;
        try
        {
            var length = 0;
            while (!isWhole)
            {
                if (length == buffer.Length && !TryGrow(ref buffer, ref sharedBytes))
                    return await PassOverAsync(isWhole: false);
                var part = await _socket!.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                    return false;
                length += part.Count;
                isWhole = part.EndOfMessage;
                if (length > _services.Limits.MaxFrameBytes)
                {
                    Close(AgentCloseCode.TooBig, "the frame is longer than the limit");
                    return await PassOverAsync(isWhole);
                }
            }

            Take(buffer.AsMemory(0, length));
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (sharedBytes > 0)
                _services.Arriving.Return(sharedBytes);
        }
    }

    private bool TryGrow(ref byte[] buffer, ref int sharedBytes)
    {
        var wantedBytes = Math.Min(buffer.Length * 2, _services.Limits.MaxFrameBytes + 1);
        var moreBytes = Math.Max(0, wantedBytes - FreeFrameBytes) - sharedBytes;
        if (moreBytes > 0 && !_services.Arriving.TryTake(moreBytes))
        {
            Close(AgentCloseCode.Busy, "the silo has no room for long frames");
            return false;
        }

        sharedBytes += moreBytes;
        var larger = ArrayPool<byte>.Shared.Rent(wantedBytes);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
        return true;
    }

    /// <summary>Reads what is left of a frame that nobody looks at, on a connection that is being closed.</summary>
    /// <returns>False when the other end has closed.</returns>
    private async ValueTask<bool> PassOverAsync(bool isWhole)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        try
        {
            while (!isWhole)
            {
                var part = await _socket!.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                    return false;
                isWhole = part.EndOfMessage;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A frame begins to arrive.</summary>
    /// <returns>False when it is passed over, because the connection is being closed, maybe for this frame.</returns>
    private bool TryBeginFrame(WebSocketMessageType type)
    {
        _services.Metrics.Received();
        lock (_gate)
        {
            var nowMs = _services.NowMs;
            if (type == WebSocketMessageType.Binary)
                BeginClose(AgentCloseCode.NotText, "all frames are text");
            else if (!_frames.TryTake(1, _services.Options.MaxFramesPerSecond, FrameBurstSeconds, nowMs))
                BeginClose(AgentCloseCode.Flood, "too many frames");
            if (_closeCode is not null)
                return false;
            _frameByMs = nowMs + _services.Options.FrameTimeoutMs;
            Arm(nowMs);
            return true;
        }
    }

    private void Take(ReadOnlyMemory<byte> bytes)
    {
        var frame = _services.Frames.Get();
        try
        {
            if (PeerFrameReader.Read(bytes, Pass.Id, _services.Limits, frame) is { } problem)
                Close(problem.Code, problem.ToString());
            else
                Apply(frame);
        }
        finally
        {
            _services.Frames.Return(frame);
        }
    }

    /// <summary>What to wait for before more is read; null for nothing.</summary>
    private Task? WaitToRead()
    {
        lock (_gate)
        {
            if (_notices is null || _notices.Count <= MaxNotices)
                return null;
            return (_mayRead ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Under the lock: lets the reader go on once half of the answers are taken, or nothing is written any more.</summary>
    private void LetRead()
    {
        if (_mayRead is not { } wait || (_notices?.Count > MaxNotices / 2 && _closeCode is null))
            return;
        _mayRead = null;
        wait.SetResult();
    }

    /// <summary>The other end has closed: that is answered, unless it was the answer.</summary>
    private Task WaitForCloseAsync()
    {
        lock (_gate)
        {
            BeginClose(AgentCloseCode.Goodbye, "");
            if (_isLastWritten && !_isWriting)
                return Task.CompletedTask;
            return (_closeWritten ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
