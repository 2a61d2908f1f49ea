using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Actors.Runtime.Peering;
using Actors.Runtime.Tests.Support;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Peering;

/// <summary>One connection, without sockets.</summary>
public sealed class PeerConnectionTests
{
    private readonly VirtualTime _time = new();
    private readonly RecordedEvents _events = new();

    [Fact]
    public async Task Only_a_connection_in_use_delivers_messages()
    {
        var transport = new PipeTransport();
        PeerConnection connection = Make(transport);
        Task<string> running = connection.RunAsync();
        await SendAsync(transport, 1);
        connection.Adopt(1, new NoCalls());
        await SendAsync(transport, 2);
        await _events.Told.Seen("7: xx");
        connection.Close("another takes its place");
        await SendAsync(transport, 3);
        await transport.In.Writer.CompleteAsync();
        Assert.Equal("another takes its place", await Guard.Within(running, "the end"));
        Assert.Equal(["7: xx"], _events.Told.Log);
    }

    [Fact]
    public async Task A_peer_that_reads_nothing_does_not_hold_up_the_end()
    {
        var transport = new PipeTransport();
        PeerConnection connection = Make(transport);
        connection.Adopt(1, new NoCalls());
        connection.TrySend(FrameKind.Message, new byte[1_000]);
        Task<string> running = connection.RunAsync();
        connection.CloseAndTell("it is time");
        await _time.Armed(TimeSpan.FromSeconds(1));
        Assert.False(running.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("it is time", await Guard.Within(running, "the end"));
        Assert.True(transport.IsAborted);
    }

    [Fact]
    public async Task Who_closes_says_how_many_requests_it_has_taken()
    {
        var transport = new PipeTransport();
        PeerConnection connection = Make(transport);
        var calls = new CountedCalls();
        connection.Adopt(1, calls);
        Task<string> running = connection.RunAsync();
        await SendAsync(transport, 3, FrameKind.Request);
        await SendAsync(transport, 3, FrameKind.Response);
        await SendAsync(transport, 3, FrameKind.Request);
        await calls.Told.Seen("Request", times: 2);
        connection.CloseAndTell("it is time");
        await SendAsync(transport, 3, FrameKind.Request);
        await Guard.Within(running, "the end");
        ReadResult sent = await transport.Sent.ReadAsync();
        ReadOnlySequence<byte> buffer = sent.Buffer;
        Assert.Equal(OperationStatus.Done, FrameHeader.TryRead(ref buffer, FrameHeader.MaxBodyBytes, out FrameKind kind, out _, out ReadOnlySequence<byte> body));
        Assert.Equal(FrameKind.Close, kind);
        Assert.Equal(("it is time", 2L), CloseText.Decode(body));
        Assert.Equal(2, calls.Told.Count("Request"));
        Assert.Null(calls.Taken);
    }

    [Theory]
    [InlineData("bye\07", "bye", 7L)]
    [InlineData("bye", "bye", null)]
    [InlineData("b\0ye", "b ye", null)]
    public async Task What_the_peer_has_taken_is_told(string close, string reason, long? taken)
    {
        var transport = new PipeTransport();
        PeerConnection connection = Make(transport);
        var calls = new CountedCalls();
        connection.Adopt(1, calls);
        Task<string> running = connection.RunAsync();
        byte[] body = System.Text.Encoding.UTF8.GetBytes(close);
        FrameHeader.Write(transport.In.Writer.GetSpan(FrameHeader.Bytes), FrameKind.Close, body.Length, more: false);
        transport.In.Writer.Advance(FrameHeader.Bytes);
        await transport.In.Writer.WriteAsync(body);
        Assert.Equal("the peer closed the connection: " + reason, await Guard.Within(running, "the end"));
        Assert.Equal(taken, calls.Taken);
    }

    private PeerConnection Make(PipeTransport transport) => new(
        transport,
        new PeerIdentity(SiloAddress.New(IPAddress.Loopback, 11_111, 1), 7),
        1,
        PeerNode.Options,
        new PeerEventPump(_events, new PeerLog(new CapturedLog().CreateLogger("peers"), _time)),
        _time);

    private static async Task SendAsync(PipeTransport transport, int length, FrameKind kind = FrameKind.Message)
    {
        FrameHeader.Write(transport.In.Writer.GetSpan(FrameHeader.Bytes), kind, length, more: false);
        transport.In.Writer.Advance(FrameHeader.Bytes);
        transport.In.Writer.GetSpan(length)[..length].Fill((byte)'x');
        transport.In.Writer.Advance(length);
        await transport.In.Writer.FlushAsync();
    }

    /// <summary>What is sent fits until it is read; aborting ends both directions.</summary>
    private sealed class PipeTransport : IPeerTransport
    {
        private readonly Pipe _out = new(new PipeOptions(pauseWriterThreshold: 100, resumeWriterThreshold: 50));

        public Pipe In { get; } = new(new PipeOptions(readerScheduler: PipeScheduler.Inline));

        public bool IsAborted { get; private set; }

        public PipeReader Input => In.Reader;

        public PipeWriter Output => _out.Writer;

        public PipeReader Sent => _out.Reader;

        public void Abort(string reason)
        {
            IsAborted = true;
            In.Reader.CancelPendingRead();
            _out.Reader.Complete();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class CountedCalls : ICallStream
    {
        public Probe Told { get; } = new();

        public long? Taken { get; private set; }

        public void Opened()
        {
        }

        public void Received(FrameKind kind, in ReadOnlySequence<byte> message) => Told.Add(kind.ToString());

        public void Closed(string reason, IReadOnlyList<SentCall> unsent, long? taken) => Taken = taken;
    }
}
