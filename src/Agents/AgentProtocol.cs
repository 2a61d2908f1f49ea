namespace Actors.Agents;

/// <summary>What both ends of an agents' connection have agreed on before the first byte; docs/agents.md is the whole of it.</summary>
public static class AgentProtocol
{
    /// <summary>The WebSocket subprotocol, its version included.</summary>
    public const string SubProtocol = "actors.agents.v1";

    /// <summary>How deep objects and arrays may nest in a frame; the deepest that has a meaning has four levels.</summary>
    public const int MaxDepth = 8;

    /// <summary>Milliseconds between two pings to one peer.</summary>
    public const int PingIntervalMs = 15_000;

    /// <summary>Milliseconds without a frame of a peer after which its connection is closed.</summary>
    public const int DeadAfterMs = 30_000;

    /// <summary>Bytes of the UTF-8 text that the WebSocket protocol leaves for the reason of a close (RFC 6455, 5.5.1).</summary>
    public const int MaxCloseReasonBytes = 123;
}
