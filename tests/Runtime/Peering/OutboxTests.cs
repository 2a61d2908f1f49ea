using System.Buffers;
using System.IO.Pipelines;
using Actors.Runtime.Peering;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Tests.Support;

namespace Actors.Runtime.Tests.Peering;

public sealed class OutboxTests
{
    [Fact]
    public async Task A_control_message_goes_between_the_frames_of_a_long_call()
    {
        (Pipe pipe, Outbox outbox) = Make(PeerNode.Options);
        Send(outbox, FrameKind.Request, 1_000_000);
        Send(outbox, FrameKind.Response, 10);
        Send(outbox, FrameKind.Message, 10);
        List<(FrameKind Kind, bool More, long Bytes)> frames = await ReadAsync(pipe, untilFrames: 18);
        int control = frames.FindIndex(static frame => frame.Kind == FrameKind.Message);
        Assert.InRange(control, 1, 3);
        Assert.Equal(1_000_000, frames.Where(static frame => frame.Kind == FrameKind.Request).Sum(static frame => frame.Bytes));
        Assert.Equal(FrameKind.Response, frames[^1].Kind);
        Assert.Equal(15, frames.Count(static frame => frame.More));
        outbox.Close();
        await Guard.Within(outbox.Stopped, "the writer's end");
    }

    [Fact]
    public async Task A_full_queue_of_calls_is_busy_and_leaves_room_for_control()
    {
        (Pipe pipe, Outbox outbox) = Make(PeerNode.Options with { MaxQueuedCalls = 3, MaxQueuedCallBytes = 1_000_000 });
        Send(outbox, FrameKind.Request, 900_000);
        Send(outbox, FrameKind.Request, 900_000);
        var body = new FrameBuffer(200_000);
        body.Write(new byte[200_000]);
        Assert.Equal(SendResult.Full, outbox.TrySend(new OutboundMessage(FrameKind.Request, body)));
        Send(outbox, FrameKind.Request, 10);
        Send(outbox, FrameKind.Request, 10);
        Assert.Equal(SendResult.Full, outbox.TrySend(new OutboundMessage(FrameKind.Request, new FrameBuffer(10))));
        Send(outbox, FrameKind.Message, 10);
        await ReadAsync(pipe, untilFrames: 31);
        Assert.Equal(SendResult.Queued, outbox.TrySend(new OutboundMessage(FrameKind.Request, body)));
        outbox.Close();
        await pipe.Reader.CompleteAsync();
        await Guard.Within(outbox.Stopped, "the writer's end");
    }

    [Fact]
    public async Task What_was_not_begun_is_given_back_at_the_end()
    {
        (Pipe pipe, Outbox outbox) = Make(PeerNode.Options);
        SentCall[] calls = [.. Enumerable.Range(0, 3).Select(static _ => new SentCall(null!))];
        foreach (SentCall call in calls)
        {
            var body = new FrameBuffer(200_000);
            body.Write(new byte[200_000]);
            Assert.Equal(SendResult.Queued, outbox.TrySend(new OutboundMessage(FrameKind.Request, body, call)));
        }

        Assert.Equal(calls[1..], outbox.Close());
        Assert.Equal(SendResult.NotConnected, outbox.TrySend(new OutboundMessage(FrameKind.Request, new FrameBuffer(10))));
        await pipe.Reader.CompleteAsync();
        await Guard.Within(outbox.Stopped, "the writer's end");
    }

    [Fact]
    public async Task The_last_message_comes_behind_the_answers_and_requests_are_given_back()
    {
        (Pipe pipe, Outbox outbox) = Make(PeerNode.Options);
        Send(outbox, FrameKind.Response, 200_000); // more than the peer takes at once
        Send(outbox, FrameKind.Response, 10);
        SentCall[] calls = [.. Enumerable.Range(0, 2).Select(static _ => new SentCall(null!))];
        foreach (SentCall call in calls)
        {
            Assert.Equal(SendResult.Queued, outbox.TrySend(new OutboundMessage(FrameKind.Request, BodyOf(20), call)));
        }

        Assert.Equal([1, 2], calls.Select(static call => call.Sequence));
        Assert.Equal(calls, outbox.End(new OutboundMessage(FrameKind.Close, BodyOf(5))));
        Assert.Equal(SendResult.NotConnected, outbox.TrySend(new OutboundMessage(FrameKind.Response, new FrameBuffer(10)), always: true));
        Assert.False(outbox.Stopped.IsCompleted);
        List<(FrameKind Kind, bool More, long Bytes)> frames = await ReadAsync(pipe, untilFrames: 6);
        Assert.Equal([(FrameKind.Response, false, 10L), (FrameKind.Close, false, 5L)], frames[^2..]);
        Assert.All(frames[..4], static frame => Assert.Equal(FrameKind.Response, frame.Kind));
        await Guard.Within(outbox.Stopped, "the writer's end");
    }

    [Fact]
    public async Task An_idle_outbox_sends_the_last_message_at_once()
    {
        (Pipe pipe, Outbox outbox) = Make(PeerNode.Options);
        Assert.Empty(outbox.End(new OutboundMessage(FrameKind.Close, BodyOf(5))));
        await Guard.Within(outbox.Stopped, "the writer's end");
        Assert.Equal([(FrameKind.Close, false, 5L)], await ReadAsync(pipe, untilFrames: 1));
        Assert.Empty(outbox.Close());
    }

    [Fact]
    public async Task Messages_of_several_turns_are_held_and_written_together()
    {
        (Pipe pipe, Outbox outbox) = Make(PeerNode.Options);
        HeldWrites held = Worker.Current.Held;
        held.Begin();
        Send(outbox, FrameKind.Response, 10);
        Send(outbox, FrameKind.Response, 20);
        Assert.False(pipe.Reader.TryRead(out _));
        held.Write();
        Assert.True(pipe.Reader.TryRead(out ReadResult read));
        Assert.Equal(30 + (2 * FrameHeader.Bytes), read.Buffer.Length);
        pipe.Reader.AdvanceTo(read.Buffer.End);

        Send(outbox, FrameKind.Response, 10);
        Assert.Empty(outbox.End(new OutboundMessage(FrameKind.Close, BodyOf(5))));
        Assert.False(outbox.Stopped.IsCompleted);
        held.End();
        Assert.Equal(2, (await ReadAsync(pipe, untilFrames: 2)).Count);
        await Guard.Within(outbox.Stopped, "the writer's end");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_thread_holds_goes_with_a_control_message_and_with_what_another_sends(bool isOther)
    {
        (Pipe pipe, Outbox outbox) = Make(PeerNode.Options);
        HeldWrites held = Worker.Current.Held;
        held.Begin();
        Send(outbox, FrameKind.Response, 10);
        Assert.False(pipe.Reader.TryRead(out _));
        if (isOther)
        {
            var other = new Thread(() => Send(outbox, FrameKind.Response, 20));
            other.Start();
            Assert.True(other.Join(TimeSpan.FromSeconds(30)));
        }
        else
        {
            Send(outbox, FrameKind.Message, 20);
        }

        Assert.True(pipe.Reader.TryRead(out ReadResult read));
        Assert.Equal(30 + (2 * FrameHeader.Bytes), read.Buffer.Length);
        pipe.Reader.AdvanceTo(read.Buffer.End);
        held.End();
        Assert.False(pipe.Reader.TryRead(out _));
        outbox.Close();
        await Guard.Within(outbox.Stopped, "the writer's end");
    }

    private static FrameBuffer BodyOf(int bytes)
    {
        var body = new FrameBuffer(bytes);
        body.Write(new byte[bytes]);
        return body;
    }

    private static (Pipe Pipe, Outbox Outbox) Make(PeeringOptions options)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 100_000, resumeWriterThreshold: 50_000));
        return (pipe, new Outbox(pipe.Writer, options, static _ => { }));
    }

    private static void Send(Outbox outbox, FrameKind kind, int bytes)
    {
        Assert.Equal(SendResult.Queued, outbox.TrySend(new OutboundMessage(kind, BodyOf(bytes))));
    }

    private static async Task<List<(FrameKind Kind, bool More, long Bytes)>> ReadAsync(Pipe pipe, int untilFrames)
    {
        var frames = new List<(FrameKind, bool, long)>();
        while (frames.Count < untilFrames)
        {
            ReadResult read = await Guard.Within(pipe.Reader.ReadAsync().AsTask(), $"frame {frames.Count} of {untilFrames}");
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (FrameHeader.TryRead(ref buffer, FrameHeader.MaxBodyBytes, out FrameKind kind, out bool more, out ReadOnlySequence<byte> body) == OperationStatus.Done)
            {
                frames.Add((kind, more, body.Length));
            }

            pipe.Reader.AdvanceTo(buffer.Start, buffer.End);
        }

        return frames;
    }
}
