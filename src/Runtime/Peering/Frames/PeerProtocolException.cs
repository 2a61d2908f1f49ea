namespace Actors.Runtime.Peering;

/// <summary>What a peer sent breaks the protocol: its connection is closed with this as the reason. It never leaves this folder.</summary>
#pragma warning disable CA1032, CA1064 // Made only here, with a message.
internal sealed class PeerProtocolException(string message) : Exception(message);
#pragma warning restore CA1032, CA1064
