using System.Buffers;
using Actors.Runtime.Peering;

namespace Actors.Runtime.Tests.Peering;

/// <summary>For hubs whose tests are not about calls.</summary>
internal sealed class NoCalls : ICallStream
{
    public void Opened()
    {
    }

    public void Received(FrameKind kind, in ReadOnlySequence<byte> message)
    {
    }

    public void Closed(string reason, IReadOnlyList<SentCall> unsent, long? taken)
    {
    }
}
