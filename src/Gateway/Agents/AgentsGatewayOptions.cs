namespace Actors.Gateway.Agents;

/// <summary>What one silo's front end for agents allows.</summary>
public sealed record AgentsGatewayOptions
{
    /// <summary>Sockets at the same time; 0 for as many as the limit of open files leaves room for.</summary>
    public int MaxConnections { get; init; }

    /// <summary>New connections a second, in the long run.</summary>
    public int AcceptsPerSecond { get; init; } = 1_000;

    /// <summary>New connections that are taken at once after a quiet time.</summary>
    public int AcceptBurst { get; init; } = 2_000;

    /// <summary>Most milliseconds that somebody who is refused is told to wait.</summary>
    public int MaxRetryAfterMs { get; init; } = 60_000;

    /// <summary>Tunnels that a peer may have open.</summary>
    public int MaxTunnels { get; init; } = 256;

    /// <summary>Frames a second that one peer may send, in the long run; twice as many are taken at once after a quiet time.</summary>
    public int MaxFramesPerSecond { get; init; } = 500;

    /// <summary>
    /// Changes a second that one peer may ask for, in the long run; ten times as many are taken at once after a quiet time. A node record, a
    /// lifecycle state, and each tunnel, peer, value and connection in a list is one.
    /// </summary>
    public int MaxChangesPerSecond { get; init; } = 500;

    /// <summary>Connections a minute that one address may open (of version 6: one network of 64 bits), and at once after a quiet time.</summary>
    public int MaxDialsPerAddress { get; init; } = 40_000;

    /// <summary>Connections a minute that one agent may open, and at once after a quiet time.</summary>
    public int MaxDialsPerAgent { get; init; } = 60;

    /// <summary>Connections a minute that clients with one token may open, and at once after a quiet time.</summary>
    public int MaxDialsPerToken { get; init; } = 20_000;

    /// <summary>Sockets that clients with one token may have open on one silo.</summary>
    public int MaxSocketsPerToken { get; init; } = 10_000;

    /// <summary>Bytes of frames beyond their first 4,096 that are on their way from all peers together; who wants more is closed.</summary>
    public long MaxArrivingBytes { get; init; } = 128L << 20;

    /// <summary>Milliseconds within which a peer takes what is written to it.</summary>
    public long WriteTimeoutMs { get; init; } = 5_000;

    /// <summary>Milliseconds within which a frame arrives, from its first byte to its last.</summary>
    public long FrameTimeoutMs { get; init; } = 10_000;

    /// <summary>Milliseconds that the other end has to answer a close.</summary>
    public long CloseTimeoutMs { get; init; } = 1_000;

    /// <summary>Milliseconds that a new connection waits for its epoch.</summary>
    public long ConnectTimeoutMs { get; init; } = 10_000;

    /// <summary>Milliseconds that a stop waits for sockets to close and for their grains to hear of it.</summary>
    public long StopTimeoutMs { get; init; } = 3_000;

    /// <summary>Milliseconds over which connections ask, after a change of the cluster, whether their grain is still the same.</summary>
    public long RenewWithinMs { get; init; } = 5_000;

    /// <summary>How long a client may come back as the same peer.</summary>
    public TimeSpan ResumeFor { get; init; } = TimeSpan.FromHours(24);
}
