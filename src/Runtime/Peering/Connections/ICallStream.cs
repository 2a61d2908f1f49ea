using System.Buffers;

namespace Actors.Runtime.Peering;

/// <summary>The calls that go over one connection. Told by that connection's reading loop, one message at a time.</summary>
internal interface ICallStream
{
    /// <summary>The connection is in use; calls that wait for it can go.</summary>
    void Opened();

    /// <summary>A request, a response or a cancellation has come. The bytes are valid until this returns.</summary>
    /// <exception cref="PeerProtocolException">They are rubbish: the connection is closed.</exception>
    void Received(FrameKind kind, in ReadOnlySequence<byte> message);

    /// <summary>The connection has ended. Called once, after the last message.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="unsent">Calls of which surely nothing was sent.</param>
    /// <param name="taken">How many requests the peer says it has taken, in the order in which they were sent; null when it has not said so.</param>
    void Closed(string reason, IReadOnlyList<SentCall> unsent, long? taken);
}
