using System.Net.WebSockets;
using Actors.Agents;
using Actors.Agents.Messages;

namespace Actors.Gateway.Agents;

/// <summary>What is written to the peer.</summary>
internal sealed partial class AgentConnection
{
    /// <summary>Bytes after which a frame of updates is not added to; a single update is never cut.</summary>
    private const int FullFrameBytes = 32 * 1_024;

    private Queue<Notice>? _notices;
    private TaskCompletionSource? _closeWritten;
    private long _pingNumber;
    private bool _isPingDue;
    private bool _isWriting;
    private bool _isLastWritten;

    private enum WriteStep
    {
        Nothing,
        Frame,
        Close,
    }

    /// <summary>The writer's turn, on a thread of its own choosing: whoever has something to write may be in a grain's turn.</summary>
    void IThreadPoolWorkItem.Execute() => _ = WriteAsync();

    /// <summary>Under the lock: something is to be written once, before what waits already.</summary>
    private void Say(Notice notice)
    {
        if (_closeCode is not null || _isClosed)
            return;
        (_notices ??= new Queue<Notice>(1)).Enqueue(notice);
        Write();
    }

    /// <summary>Under the lock: there is something to write.</summary>
    private void Write()
    {
        if (_isWriting || _isClosed || _isLastWritten)
            return;
        _isWriting = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    /// <summary>Under the lock: what was said before is still written, then the close.</summary>
    private void BeginClose(AgentCloseCode code, string reason)
    {
        if (_closeCode is not null || _isClosed)
            return;
        (_closeCode, _closeReason) = (code, reason);
        // Who may not be here any more does not come back: others need not wait for it, and its tunnels are closed.
        _isGoodbye |= code == AgentCloseCode.Unauthorized;
        var nowMs = _services.NowMs;
        _closeByMs = nowMs + _services.Options.WriteTimeoutMs + _services.Options.CloseTimeoutMs;
        Write();
        Arm(nowMs);
    }

    private async Task WriteAsync()
    {
        var output = _services.Outputs.Get();
        var socket = _socket; // where it is null there is nothing to write any more
        try
        {
            var step = Compose(output);
            while (step != WriteStep.Nothing)
            {
                if (step == WriteStep.Frame)
                    await socket!.SendAsync(output.Frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                else
                    await socket!.CloseOutputAsync((WebSocketCloseStatus)_closeCode!.Value, _closeReason, CancellationToken.None);
                step = Compose(output);
            }
        }
        catch (Exception failure)
        {
            if (!IsGone(failure))
                AgentsLog.Failed(_services.Logger, Pass.Id, Epoch, failure);
            Fail();
        }
        finally
        {
            output.Clear();
            _services.Outputs.Return(output);
        }
    }

    /// <summary>Makes the next frame of what there is. What it takes from the session is written, or the socket is cut.</summary>
    private WriteStep Compose(FrameOutput output)
    {
        output.Clear();
        lock (_gate)
        {
            var nowMs = _services.NowMs;
            var step = _isClosed || _isLastWritten ? WriteStep.Nothing : ComposeNext(output);
            _isWriting = step != WriteStep.Nothing;
            _writeByMs = _isWriting ? nowMs + _services.Options.WriteTimeoutMs : Never;
            if (_isLastWritten)
                _closeWritten?.TrySetResult();
            if (step == WriteStep.Close)
            {
                _isLastWritten = true;
                _closeByMs = nowMs + _services.Options.CloseTimeoutMs;
            }

            LetRead();
            Arm(nowMs);
            return step;
        }
    }

    private WriteStep ComposeNext(FrameOutput output)
    {
        var updates = 0;
        if (_notices is { } notices)
        {
            WriteNotice(output, notices.Dequeue());
            if (notices.Count == 0)
                _notices = null;
        }
        else if (_closeCode is not null)
        {
            return WriteStep.Close;
        }
        else if (_isPingDue)
        {
            _isPingDue = false;
            output.Writer.WritePing(output.Target, ++_pingNumber);
        }
        else
        {
            updates = WriteUpdates(output);
            if (updates == 0)
                return WriteStep.Nothing;
        }

        _services.Metrics.Sent(updates);
        return WriteStep.Frame;
    }

    private int WriteUpdates(FrameOutput output)
    {
        var updates = 0;
        while ((updates == 0 || output.Writer.FrameBytes < FullFrameBytes) && _session.TryTake(out var update))
        {
            if (updates++ == 0)
                output.Writer.BeginUpdates(output.Target);
            output.Writer.AddUpdate(update.Peer, update.Kind, update.Node.Span, update.Reason);
        }

        if (updates > 0)
            output.Writer.EndUpdates();
        return updates;
    }

    private void WriteNotice(FrameOutput output, Notice notice)
    {
        switch (notice.Kind)
        {
            case NoticeKind.Welcome:
                output.Writer.WriteWelcome(output.Target, new WelcomeMessage
                {
                    PeerId = Pass.Id,
                    Address = AgentAddress.Of(Pass.Id).ToString(),
                    PingMs = AgentProtocol.PingIntervalMs,
                    DeadMs = AgentProtocol.DeadAfterMs,
                    MaxFrameBytes = _services.Limits.MaxFrameBytes,
                    MaxTunnels = _services.Options.MaxTunnels,
                    Resume = Pass.Role == PeerRole.Client ? NewResume() : null,
                });
                break;
            case NoticeKind.Resume:
                output.Writer.WriteResume(output.Target, NewResume());
                break;
            default:
                output.Writer.WriteError(output.Target, notice.ToError());
                break;
        }
    }

    private ResumeMessage NewResume()
    {
        _resumeAtMs = _services.NowMs + (long)(_services.Options.ResumeFor.TotalMilliseconds / 2);
        return _services.Access.IssueResume(Pass);
    }

    /// <summary>The socket does not take anything any more.</summary>
    private void Fail()
    {
        lock (_gate)
        {
            _isLastWritten = true;
            _isWriting = false;
            _notices = null;
            _writeByMs = Never;
            _closeWritten?.TrySetResult();
            LetRead();
        }

        Cut();
    }
}
