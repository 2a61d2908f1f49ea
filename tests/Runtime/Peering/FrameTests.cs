using System.Buffers;
using Actors.Runtime.Peering;
using Actors.Runtime.Serialization;
using Actors.Runtime.Tests.Serialization;

namespace Actors.Runtime.Tests.Peering;

public sealed class FrameTests
{
    [Fact]
    public void The_same_frames_come_however_the_bytes_are_cut()
    {
        byte[] bytes = [.. Frame(FrameKind.Message, [1, 2, 3], more: true), .. Frame(FrameKind.Cancel, []), .. Frame(FrameKind.Message, [4])];
        for (int piece = 1; piece <= bytes.Length; piece++)
        {
            ReadOnlySequence<byte> left = Wire.InPieces(bytes, piece);
            Assert.Equal((FrameKind.Message, true, "010203"), Read(ref left));
            Assert.Equal((FrameKind.Cancel, false, ""), Read(ref left));
            Assert.Equal((FrameKind.Message, false, "04"), Read(ref left));
            Assert.True(left.IsEmpty);
        }
    }

    [Fact]
    public void A_frame_that_is_cut_anywhere_needs_more()
    {
        byte[] bytes = Frame(FrameKind.Request, [1, 2, 3, 4, 5]);
        for (int length = 0; length < bytes.Length; length++)
        {
            var cut = new ReadOnlySequence<byte>(bytes, 0, length);
            Assert.Equal(OperationStatus.NeedMoreData, FrameHeader.TryRead(ref cut, 5, out _, out _, out _));
            Assert.Equal(length, cut.Length);
        }
    }

    [Theory]
    [InlineData(6, 0)]
    [InlineData(int.MaxValue, 0)]
    [InlineData(-1, 0)]
    [InlineData(int.MinValue, 0)]
    [InlineData(0, 2)]
    public void A_header_beyond_the_rules_is_refused_before_its_body_is_waited_for(int length, byte flags)
    {
        var bytes = new byte[FrameHeader.Bytes];
        FrameHeader.Write(bytes, FrameKind.Request, length, more: false);
        bytes[5] = flags;
        var header = new ReadOnlySequence<byte>(bytes);
        Assert.Equal(OperationStatus.InvalidData, FrameHeader.TryRead(ref header, 5, out _, out _, out _));
    }

    [Fact]
    public void A_buffer_gives_what_was_written_in_any_pieces()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            var expected = new List<byte>();
            using var buffer = new FrameBuffer(1 << 20);
            while (expected.Count < random.Next(1, 300_000))
            {
                var piece = new byte[random.Next(1, 40_000)];
                random.NextBytes(piece);
                buffer.Write(piece);
                expected.AddRange(piece);
            }

            Assert.Equal(expected.Count, buffer.Length);
            byte[] all = [.. expected];
            Assert.True(all.AsSpan().SequenceEqual(buffer.AsSequence().ToArray()), $"round {round}");
            int offset = random.Next(all.Length);
            var part = new byte[random.Next(all.Length - offset)];
            buffer.CopyTo(offset, part);
            Assert.True(all.AsSpan(offset, part.Length).SequenceEqual(part), $"round {round}");
        }
    }

    [Fact]
    public void A_buffer_takes_no_more_than_its_limit()
    {
        using var buffer = new FrameBuffer(10_000);
        buffer.Write(new byte[10_000]);
        Assert.Equal(WireProblem.LengthAboveLimit, Assert.Throws<WireFormatException>(() => buffer.Write(new byte[1])).Problem);
    }

    [Fact]
    public void An_assembler_joins_frames_and_ends_at_its_limit()
    {
        using var assembler = new MessageAssembler(6);
        Assert.False(assembler.TryComplete(FrameKind.Request, more: true, Bytes(1, 2, 3), out _));
        Assert.True(assembler.TryComplete(FrameKind.Request, more: false, Bytes(4, 5, 6), out ReadOnlySequence<byte> message));
        Assert.Equal([1, 2, 3, 4, 5, 6], message.ToArray());
        assembler.Release();
        Assert.True(assembler.TryComplete(FrameKind.Cancel, more: false, Bytes(9), out _));
        Assert.Throws<PeerProtocolException>(() => assembler.TryComplete(FrameKind.Cancel, more: false, Bytes(1, 2, 3, 4, 5, 6, 7), out _));
        Assert.False(assembler.TryComplete(FrameKind.Request, more: true, Bytes(1, 2, 3), out _));
        Assert.Throws<PeerProtocolException>(() => assembler.TryComplete(FrameKind.Response, more: true, Bytes(1), out _));
        Assert.Throws<PeerProtocolException>(() => assembler.TryComplete(FrameKind.Request, more: true, Bytes(1, 2, 3, 4), out _));
    }

    private static ReadOnlySequence<byte> Bytes(params byte[] bytes) => new(bytes);

    private static byte[] Frame(FrameKind kind, byte[] body, bool more = false)
    {
        var bytes = new byte[FrameHeader.Bytes + body.Length];
        FrameHeader.Write(bytes, kind, body.Length, more);
        body.CopyTo(bytes, FrameHeader.Bytes);
        return bytes;
    }

    private static (FrameKind Kind, bool More, string Body) Read(ref ReadOnlySequence<byte> left)
    {
        Assert.Equal(OperationStatus.Done, FrameHeader.TryRead(ref left, 100, out FrameKind kind, out bool more, out ReadOnlySequence<byte> body));
        return (kind, more, Convert.ToHexString(body.ToArray()));
    }
}
