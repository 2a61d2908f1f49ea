namespace Actors.Grains.Agents;

/// <summary>
/// A node record that is kept for long and replaced often: its bytes are copied into the same memory again and again. An array for each
/// would be garbage that has grown old, which collections move and look for; thousands a second make each of them long.
/// A field that is not readonly, for it is changed in place; one caller at a time.
/// </summary>
internal struct NodeRoom
{
    /// <summary>Records of one peer differ by a few bytes: a little more room takes the next ones too.</summary>
    private const int StepBytes = 64;

    private byte[]? _room;
    private int _length;

    /// <summary>Bytes of the record; 0 when there is none.</summary>
    public readonly int Length => _length;

    /// <summary>The record; good until it is replaced.</summary>
    public readonly ReadOnlySpan<byte> Span => _room.AsSpan(0, _length);

    /// <summary>Replaces the record; an empty one takes no memory.</summary>
    public void Set(ReadOnlySpan<byte> node)
    {
        var roomBytes = (node.Length + StepBytes - 1) / StepBytes * StepBytes;
        if (roomBytes > (_room?.Length ?? 0) || roomBytes < (_room?.Length ?? 0) / 2)
            _room = roomBytes == 0 ? null : new byte[roomBytes];
        node.CopyTo(_room);
        _length = node.Length;
    }

    /// <summary>The record as an array of its own, which may be handed to others.</summary>
    public readonly ReadOnlyMemory<byte> Copy() => _length == 0 ? default : Span.ToArray();
}
