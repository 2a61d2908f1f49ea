using System.Buffers;
using System.Text;
using System.Text.Json;
using Actors.AgentLoad.Wire;
using Actors.Agents;
using Actors.Agents.Frames;
using Actors.Agents.Messages;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.AgentLoad.Tests.Wire;

public sealed class WireTests
{
    /// <summary>The opcode of frames that need not be Unicode.</summary>
    private const int Binary = 2;

    [Fact]
    public void A_stamp_comes_back_as_it_was_and_a_changed_one_does_not() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
    {
        var random = new Random(seed);
        var stamp = new NodeStamp((ulong)random.NextInt64(), random.Next(), random.NextInt64(), random.NextInt64());
        var text = new byte[NodeStamp.TextBytes];
        stamp.Write(text);
        var isBack = NodeStamp.TryRead(text, out var back) && back == stamp && Convert.FromBase64String(Encoding.ASCII.GetString(text)).Length == 32;
        text[random.Next(42)] ^= 1; // the last character before the padding has bits that mean nothing
        return isBack && !(NodeStamp.TryRead(text, out var other) && other == stamp);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_client_frame_is_read_by_NETs_own_WebSocket() => Prop.ForAll(Gen.Choose(0, 3_000).ToArbitrary(), static length =>
    {
        var random = new Random(length);
        var payload = new byte[length];
        random.NextBytes(payload);
        var frame = new byte[length + SocketFrame.MaxClientHeaderBytes];
        var written = SocketFrame.Write(frame, Binary, payload, (uint)random.Next());
        var stream = new MemoryStream(frame, 0, written);
        using var reader = System.Net.WebSockets.WebSocket.CreateFromStream(new HalfStream(stream), new System.Net.WebSockets.WebSocketCreationOptions { IsServer = true });
        var read = new byte[length + 1];
        var received = reader.ReceiveAsync(read.AsMemory(), CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return received.EndOfMessage && received.Count == length && read.AsSpan(0, length).SequenceEqual(payload) && stream.Position == written;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void A_hubs_frame_is_read_once_it_is_whole(int length)
    {
        var stream = new MemoryStream();
        using (var writer = System.Net.WebSockets.WebSocket.CreateFromStream(stream, new System.Net.WebSockets.WebSocketCreationOptions { IsServer = true }))
            Assert.True(writer.SendAsync(new byte[length], System.Net.WebSockets.WebSocketMessageType.Text, true, CancellationToken.None).IsCompletedSuccessfully);
        var bytes = stream.ToArray();
        Assert.Equal(OperationStatus.Done, SocketFrame.TryRead(bytes, 1 << 20, out var frame));
        Assert.Equal((SocketFrame.Text, true, length, bytes.Length), (frame.Opcode, frame.IsLast, frame.PayloadLength, frame.Bytes));
        for (var cut = 0; cut < bytes.Length; cut += Math.Max(1, bytes.Length / 50))
            Assert.Equal(OperationStatus.NeedMoreData, SocketFrame.TryRead(bytes.AsSpan(0, cut), 1 << 20, out _));
        if (length > 0)
            Assert.Equal(OperationStatus.InvalidData, SocketFrame.TryRead(bytes, length - 1, out _));
        bytes[1] |= 0x80;
        Assert.Equal(OperationStatus.InvalidData, SocketFrame.TryRead(bytes, 1 << 20, out _));
    }

    [Fact]
    public void What_a_hub_writes_is_read()
    {
        var (agent, client) = (Guid.NewGuid(), Guid.NewGuid());
        var key = new byte[NodeStamp.TextBytes];
        new NodeStamp(1, 2, 3, 4).Write(key);
        var node = Encoding.ASCII.GetBytes($"{{\"relayLatency\":{{\"key\":1.5}},\"endpoints\":[\"a\",\"b\"],\"key\":\"{Encoding.ASCII.GetString(key)}\",\"disco\":\"x\"}}");
        using var writer = new HubFrameWriter();
        var target = new ArrayBufferWriter<byte>();
        writer.BeginUpdates(target);
        writer.AddUpdate(agent, PeerUpdateKind.Node, node, null);
        writer.AddUpdate(client, PeerUpdateKind.Lost, default, "the silo died");
        writer.AddUpdate(client, PeerUpdateKind.ReadyForHandshake, default, null);
        writer.EndUpdates();

        var frame = new HubFrame(target.WrittenSpan);
        Assert.True(frame.NextUpdate());
        Assert.Equal((agent, PeerUpdateKind.Node), (frame.Peer, frame.Kind));
        Assert.True(NodeStamp.TryRead(frame.Key, out var stamp));
        Assert.Equal(new NodeStamp(1, 2, 3, 4), stamp);
        Assert.True(frame.NextUpdate());
        Assert.Equal((client, PeerUpdateKind.Lost, 0), (frame.Peer, frame.Kind, frame.Key.Length));
        Assert.True(frame.NextUpdate());
        Assert.Equal(PeerUpdateKind.ReadyForHandshake, frame.Kind);
        Assert.False(frame.NextUpdate());
        Assert.Equal((false, null), (frame.HasOther, frame.Ping));
    }

    [Fact]
    public void Pings_are_read_and_other_fields_are_told()
    {
        var ping = new HubFrame("{\"later\":{\"ping\":[1]},\"ping\":42}"u8);
        Assert.False(ping.NextUpdate());
        Assert.Equal((true, 42L), (ping.HasOther, ping.Ping));
        using var writer = new HubFrameWriter();
        var target = new ArrayBufferWriter<byte>();
        writer.WriteWelcome(target, new WelcomeMessage { PeerId = Guid.NewGuid() });
        var welcome = new HubFrame(target.WrittenSpan);
        Assert.False(welcome.NextUpdate());
        Assert.True(welcome.HasOther);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"peerUpdates\":[{\"id\":7}]}")]
    [InlineData("{\"ping\":\"x\"}")]
    [InlineData("{")]
    public void What_is_no_frame_is_refused(string text)
    {
        var failure = Record.Exception(() =>
        {
            var frame = new HubFrame(Encoding.UTF8.GetBytes(text));
            while (frame.NextUpdate())
            {
            }
        });
        Assert.True(failure is JsonException or FormatException or InvalidOperationException, failure?.ToString());
    }

    /// <summary>Reads from another stream, and swallows what is written.</summary>
    private sealed class HalfStream(Stream source) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => source.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
        }
    }
}
