using System.Buffers;
using Actors.Runtime.Serialization;

namespace Actors.Runtime.Tests.Serialization;

/// <summary>What the tests of the wire format share.</summary>
internal static class Wire
{
    public static WireContext Context { get; } = new(CodecRegistry.Of(typeof(Wire).Assembly));

    public static WireSerializer Serializer { get; } = new(Context);

    public delegate void Writing(ref WireWriter writer);

    public static byte[] Bytes(Writing write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output, Context);
        write(ref writer);
        writer.Complete();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The same bytes in pieces.</summary>
    public static ReadOnlySequence<byte> InPieces(byte[] bytes, int pieceBytes)
    {
        Piece? first = null;
        Piece? last = null;
        for (var start = 0; start < bytes.Length || first is null; start += pieceBytes)
        {
            last = new Piece(bytes.AsMemory(start, Math.Min(pieceBytes, bytes.Length - start)), last);
            first ??= last;
        }

        return new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    public static WireProblem ProblemOf(Action read) => Assert.Throws<WireFormatException>(read).Problem;

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
