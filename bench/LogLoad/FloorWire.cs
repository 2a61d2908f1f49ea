using System.Buffers.Binary;

namespace Actors.Bench.LogLoad;

/// <summary>The floor's frames, with as many payload bytes as the log's messages have.</summary>
internal sealed class FloorWire : WireLoad
{
    private readonly byte[] _request;

    /// <summary>Frames of <paramref name="messages"/> messages with <paramref name="messageBytes"/> each.</summary>
    public FloorWire(int messages, int messageBytes)
    {
        MessagesPerRequest = messages;
        PayloadBytesPerRequest = messages * messageBytes;
        _request = new byte[sizeof(int) + sizeof(long) + PayloadBytesPerRequest];
        new Random(1).NextBytes(_request.AsSpan(sizeof(int) + sizeof(long)));
        BinaryPrimitives.WriteInt32BigEndian(_request, sizeof(long) + PayloadBytesPerRequest);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Request => _request;

    /// <inheritdoc/>
    public override int MessagesPerRequest { get; }

    /// <inheritdoc/>
    public override int PayloadBytesPerRequest { get; }

    /// <inheritdoc/>
    public override void Number(Span<byte> request, int number) => BinaryPrimitives.WriteInt64BigEndian(request[sizeof(int)..], number);

    /// <inheritdoc/>
    public override int TakeAnswer(ReadOnlySpan<byte> received) => received.Length < sizeof(long) ? 0 : sizeof(long);
}
