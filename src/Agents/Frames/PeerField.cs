namespace Actors.Agents.Frames;

/// <summary>The fields of a peer's frame; each is a bit, so that a repeated one is seen.</summary>
[Flags]
internal enum PeerField
{
    None = 0,
    UpdateNode = 1,
    SetTunnels = 2,
    AddTunnels = 4,
    RemoveTunnels = 8,
    Disconnect = 16,
    ReadyForHandshake = 32,
    Pong = 64,
    Lifecycle = 128,
    Metadata = 256,
    Connections = 512,
}
