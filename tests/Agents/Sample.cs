using System.Text;
using Actors.Agents.Frames;

namespace Actors.Agents.Tests;

/// <summary>A peer, frames of it, and how they are read.</summary>
internal static class Sample
{
    public static readonly Guid Peer = new("00112233-4455-4677-8899-aabbccddeeff");

    public static readonly Guid Other = new("a0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf");

    public const string Key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    public const string Address = "fd61:6374:6f72:11:2233:4455:4677:8899/128";

    public const string Node =
        "{\"key\":\"" + Key + "\",\"disco\":\"d\",\"preferredRelay\":3,\"relayLatency\":{\"3-v4\":0.0125},\"relayForcedWebsocket\":{\"3\":\"proxy\"},"
        + "\"addresses\":[\"" + Address + "\"],\"allowedIps\":[\"" + Address + "\"],\"endpoints\":[\"192.0.2.1:41641\",\"[2001:db8::1]:41641\"]}";

    public const string Whole =
        "{\"updateNode\":" + Node + ",\"setTunnels\":[\"a0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf\"],\"addTunnels\":[\"a0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf\"],"
        + "\"removeTunnels\":[],\"readyForHandshake\":[\"A0A1A2A3-A4A5-46A7-98A9-AAABACADAEAF\"],\"disconnect\":{},\"pong\":7,\"lifecycle\":\"start_error\","
        + "\"metadata\":[{\"key\":\"load\",\"value\":\"0.5\"},{\"key\":\"disk\",\"error\":\"no \\u00e4ccess\"}],"
        + "\"connections\":[{\"id\":\"a0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf\",\"action\":\"disconnect\",\"type\":\"ssh\",\"at\":\"2026-01-02T03:04:05.678Z\",\"ip\":\"127.0.0.1\",\"code\":0,\"reason\":\"done\"}]}";

    public static FrameProblem? Read(string json, PeerFrame frame, AgentLimits? limits = null) =>
        PeerFrameReader.Read(Encoding.UTF8.GetBytes(json), Peer, limits ?? new AgentLimits(), frame);
}
