using System.Globalization;
using System.Text;
using Actors.Agents;
using Actors.Agents.Messages;
using Actors.Bench.Agents.Floors;

namespace Actors.Bench.Agents.Pairs;

/// <summary>What the load writes to a server and finds in its frames: the agents' protocol, or SignalR's JSON.</summary>
internal abstract class HubDialect
{
    /// <summary>Digits of a sequence number in an update.</summary>
    private const int SequenceDigits = 12;

    private static readonly byte[] Mark = "\"disco\":\"seq:"u8.ToArray();

    /// <summary>The hub and the bare relay.</summary>
    public static HubDialect Protocol { get; } = new ProtocolDialect();

    /// <summary>SignalR.</summary>
    public static HubDialect SignalR { get; } = new SignalRDialect();

    /// <summary>The subprotocol to ask for; null for none.</summary>
    public abstract string? SubProtocol { get; }

    /// <summary>Where an agent dials.</summary>
    public abstract string AgentPath(Guid agent);

    /// <summary>Where a client dials; a server that gives ids itself does not hear of this one.</summary>
    public abstract string ClientPath(Guid client);

    /// <summary>The first frame, which the server answers with one of its own; empty where the server begins.</summary>
    public abstract byte[] Hello { get; }

    /// <summary>A frame that opens the tunnels of a client.</summary>
    public abstract byte[] Tunnels(Guid[] agents);

    /// <summary>A frame with a node record of about 300 bytes; <see cref="Number"/> writes a sequence number into it.</summary>
    public abstract byte[] Update(Guid agent);

    /// <summary>The answer to a frame that is a ping; empty when it is none.</summary>
    public abstract byte[] Pong(ReadOnlySpan<byte> frame);

    /// <summary>Writes a number into an update.</summary>
    public static void Number(byte[] update, long sequence) =>
        sequence.TryFormat(update.AsSpan(update.AsSpan().IndexOf(Mark) + Mark.Length, SequenceDigits), out _, "D12", CultureInfo.InvariantCulture);

    /// <summary>The last number in a frame; -1 when it has none.</summary>
    public static long NumberIn(ReadOnlySpan<byte> frame)
    {
        var at = frame.LastIndexOf(Mark);
        return at < 0 ? -1 : long.Parse(frame.Slice(at + Mark.Length, SequenceDigits), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static NodeRecord Node(Guid agent) => new()
    {
        Key = [.. agent.ToByteArray(), .. agent.ToByteArray()],
        Disco = "seq:" + new string('0', SequenceDigits),
        PreferredRelay = 999,
        RelayLatency = new Dictionary<string, double> { ["999-v4"] = 0.0123, ["999-v6"] = 0.0145 },
        Addresses = [AgentAddress.Of(agent) + "/128"],
        Endpoints = ["172.20.0.17:41641", "203.0.113.5:50123"],
    };

    private sealed class ProtocolDialect : HubDialect
    {
        public override string SubProtocol => AgentProtocol.SubProtocol;

        public override byte[] Hello => [];

        public override string AgentPath(Guid agent) => $"/agents/{agent}/connect";

        public override string ClientPath(Guid client) => "/clients/connect";

        public override byte[] Tunnels(Guid[] agents) => new PeerMessage { SetTunnels = agents }.ToJson();

        public override byte[] Update(Guid agent) => new PeerMessage { UpdateNode = Node(agent) }.ToJson();

        public override byte[] Pong(ReadOnlySpan<byte> frame) =>
            frame.StartsWith("{\"ping\":"u8) ? [.. "{\"pong\":"u8, .. frame["{\"ping\":"u8.Length..]] : [];
    }

    private sealed class SignalRDialect : HubDialect
    {
        private const byte End = 0x1E;

        private static readonly byte[] Ping = [.. "{\"type\":6}"u8, End];

        public override string? SubProtocol => null;

        public override byte[] Hello => [.. "{\"protocol\":\"json\",\"version\":1}"u8, End];

        public override string AgentPath(Guid agent) => $"{NodeHub.Path}?peer={agent}";

        public override string ClientPath(Guid client) => AgentPath(client);

        public override byte[] Tunnels(Guid[] agents) => Call("SetTunnels", $"[{string.Join(',', agents.Select(static agent => $"\"{agent}\""))}]");

        public override byte[] Update(Guid agent)
        {
            var frame = Protocol.Update(agent);
            var before = "{\"updateNode\":".Length;
            return Call("UpdateNode", Encoding.UTF8.GetString(frame.AsSpan(before, frame.Length - before - 1)));
        }

        public override byte[] Pong(ReadOnlySpan<byte> frame) => frame.IndexOf(Ping) >= 0 ? Ping : [];

        private static byte[] Call(string method, string argument) => [.. Encoding.UTF8.GetBytes($"{{\"type\":1,\"target\":\"{method}\",\"arguments\":[{argument}]}}"), End];
    }
}
