using System.Text;
using Actors.Runtime.Peering;
using Actors.Runtime.Tests.Support;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Peering;

/// <summary>What an owner of peers has been told, in order.</summary>
internal sealed class RecordedEvents : IPeerEvents
{
    private readonly Lock _lock = new();
    private readonly List<PeerRefusal> _refusals = [];

    public Probe Told { get; } = new();

    /// <summary>The reason for which peers are not admitted; null: they are.</summary>
    public string? NotAdmitted { get; set; }

    /// <summary>The next messages wait here.</summary>
    public ManualResetEventSlim? Gate { get; set; }

    public IReadOnlyList<PeerRefusal> Refusals
    {
        get
        {
            lock (_lock)
            {
                return [.. _refusals];
            }
        }
    }

    public string? Admits(PeerIdentity peer) => NotAdmitted;

    public void Connected(PeerIdentity peer) => Told.Add($"connected {peer.NodeId}");

    public void Lost(PeerIdentity peer, string reason, bool replaced) => Told.Add($"{(replaced ? "replaced" : "lost")} {peer.NodeId}");

    public void Refused(SiloAddress peer, PeerRefusal refusal)
    {
        lock (_lock)
        {
            _refusals.Add(refusal);
        }

        Told.Add($"refused {refusal.Evidence}");
    }

    public void Received(PeerIdentity peer, byte[] message)
    {
        Gate?.Wait();
        Told.Add($"{peer.NodeId}: {(message.Length > 64 ? $"{message.Length} bytes" : Encoding.UTF8.GetString(message))}");
    }
}
