using Actors.Runtime.Serialization;

namespace Actors.Runtime.Cluster;

/// <summary>The bytes of what silos tell each other: a version, a kind and the message by its codec; members that a build does not know are skipped.</summary>
internal sealed class PeerMessages(WireContext wire)
{
    private readonly WireSerializer _serializer = new(wire);

    public byte[] Write(PeerMessage message) => _serializer.SerializeToArray<object>(message);

    /// <summary>Null when the message is of a kind that this build does not know.</summary>
    /// <exception cref="WireFormatException">The bytes are no message.</exception>
    public PeerMessage? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _serializer.Deserialize<object>(bytes) as PeerMessage;
        }
        catch (WireFormatException unknown) when (unknown.Problem == WireProblem.UnknownType)
        {
            return null;
        }
    }
}
