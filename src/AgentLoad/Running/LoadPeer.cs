using System.Text;
using Actors.AgentLoad.Sockets;
using Actors.Agents;

namespace Actors.AgentLoad.Running;

/// <summary>One agent or client, and its connection while it has one.</summary>
internal sealed class LoadPeer(int index, bool isAgent, int number)
{
    public enum State
    {
        /// <summary>Waits for its next dial.</summary>
        Away,

        /// <summary>TCP's connection is under way.</summary>
        Dialling,

        /// <summary>The hub has not answered the dial.</summary>
        Upgrading,

        /// <summary>The hub has not said its welcome.</summary>
        Unwelcomed,

        /// <summary>Connected.</summary>
        Joined,

        /// <summary>Said goodbye, or will not be let in.</summary>
        Gone,
    }

    public int Index => index;

    public bool IsAgent => isAgent;

    public State At { get; set; }

    /// <summary>All zeros for a client that was never welcomed.</summary>
    public Guid Id { get; set; }

    public PeerSocket? Socket { get; set; }

    /// <summary>Tells events of this connection from those of the one before.</summary>
    public int Generation { get; set; }

    /// <summary>Index of the hub that it dials or is connected with.</summary>
    public int Hub { get; set; }

    /// <summary>A key for the dial, and afterwards null.</summary>
    public string? DialKey { get; set; }

    /// <summary>Since when it is to be connected: the moment of its first dial by the ramp, or that at which its last connection broke.</summary>
    public long WishedAt { get; set; }

    /// <summary>When its last dial began.</summary>
    public long DialledAt { get; set; }

    public long JoinedAt { get; set; }

    public long LastByteAt { get; set; }

    public long Connections { get; set; }

    public int BackoffMs { get; set; }

    public int? RetryAfterMs { get; set; }

    public string? Resume { get; set; }

    public int DeadMs { get; set; } = AgentProtocol.DeadAfterMs;

    /// <summary>How often its hub pings; 0 when it did not say.</summary>
    public int PingMs { get; set; }

    /// <summary>Bytes that were read on its present connection, or its last one, behind the welcome.</summary>
    public long ConnectionBytes { get; set; }

    public bool HasFailed { get; set; }

    /// <summary>The trace that its dials belong to, or null.</summary>
    public string? TraceParent { get; set; }

    /// <summary>Why it is not connected, for people.</summary>
    public string Trouble { get; set; } = "it was never dialled";

    /// <summary>What follows the key in its node record, up to the record's last brace.</summary>
    public byte[] RecordRest { get; private set; } = [];

    /// <summary>Parts of a message of which more is to come.</summary>
    public List<byte>? Message { get; set; }

    /// <summary>Its name in options and lines: <c>agent 12</c>.</summary>
    public string Name => isAgent ? LoadOptions.AgentName(number) : LoadOptions.ClientName(number);

    /// <summary>Its name and id, for lines.</summary>
    public string Identity => Id == Guid.Empty ? Name : TraceParent is null ? $"{Name} ({Id:D})" : $"{Name} ({Id:D}, trace {TraceParent.AsSpan(3, 32)})";

    /// <summary>Makes what all its node records have in common: the shape of a real one, of about 300 bytes.</summary>
    public void MakeRecord()
    {
        var address = AgentAddress.Of(Id);
        RecordRest = Encoding.ASCII.GetBytes(
            $"\",\"disco\":\"discokey:{Id:N}{Id:N}\",\"preferredRelay\":{1 + (number % 20)},\"addresses\":[\"{address}/128\"],"
            + $"\"allowedIps\":[\"{address}/128\"],\"endpoints\":[\"192.0.2.{number & 255}:{41_000 + (number % 1_000)}\"]}}");
    }
}
