using System.Buffers;

namespace Actors.Runtime.Peering;

/// <summary>Puts the messages of one lane together. A message of one frame is passed on where it lies; only longer ones are copied.</summary>
/// <param name="maxMessageBytes">The longest message; memory is rented as its frames arrive, never on what they promise.</param>
internal sealed class MessageAssembler(int maxMessageBytes) : IDisposable
{
    private FrameBuffer? _parts;
    private FrameKind _kind;

    /// <summary>Takes a frame. True when a message is complete, which is valid until <see cref="Release"/> and until its frame is.</summary>
    /// <exception cref="PeerProtocolException">The message is too long, or another kind stands within it.</exception>
    public bool TryComplete(FrameKind kind, bool more, in ReadOnlySequence<byte> body, out ReadOnlySequence<byte> message)
    {
        if (_parts is null)
        {
            if (!more)
            {
                message = body;
                return body.Length <= maxMessageBytes ? true : throw TooLong(kind);
            }

            _parts = new FrameBuffer(maxMessageBytes);
            _kind = kind;
        }
        else if (kind != _kind)
        {
            throw new PeerProtocolException($"A frame of kind {(byte)kind} stands within a message of kind {(byte)_kind}.");
        }

        if (body.Length > maxMessageBytes - _parts.Length)
        {
            throw TooLong(kind);
        }

        foreach (ReadOnlyMemory<byte> piece in body)
        {
            _parts.Write(piece.Span);
        }

        message = more ? default : _parts.AsSequence();
        return !more;
    }

    /// <summary>The message that was complete has been read.</summary>
    public void Release()
    {
        _parts?.Dispose();
        _parts = null;
    }

    public void Dispose() => Release();

    private PeerProtocolException TooLong(FrameKind kind) => new($"A message of kind {(byte)kind} is longer than {maxMessageBytes} bytes.");
}
