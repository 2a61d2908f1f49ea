using System.Buffers;
using Actors.Agents.Frames;

namespace Actors.Gateway.Agents;

/// <summary>A writer of frames with its memory; a connection borrows one for as long as it writes.</summary>
internal sealed class FrameOutput : IDisposable
{
    /// <summary>Bytes beyond which memory is not kept for the next connection.</summary>
    private const int KeptBytes = 64 * 1_024;

    private ArrayBufferWriter<byte> _buffer = new(4_096);

    public HubFrameWriter Writer { get; } = new();

    public IBufferWriter<byte> Target => _buffer;

    public ReadOnlyMemory<byte> Frame => _buffer.WrittenMemory;

    /// <summary>Forgets the last frame.</summary>
    public void Clear()
    {
        if (_buffer.Capacity > KeptBytes)
            _buffer = new ArrayBufferWriter<byte>(4_096);
        else
            _buffer.ResetWrittenCount();
    }

    /// <inheritdoc/>
    public void Dispose() => Writer.Dispose();
}
