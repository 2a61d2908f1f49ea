using System.Net;
using Actors.Agents;
using Actors.Agents.Frames;
using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>What a frame asks for, in the protocol's order.</summary>
internal sealed partial class AgentConnection
{
    private void Apply(PeerFrame frame)
    {
        SessionReport? report;
        lock (_gate)
        {
            var nowMs = _services.NowMs;
            _frameByMs = Never;
            _heardAtMs = nowMs;
            if (_closeCode is not null)
                return;
            ShowLife(nowMs);
            var changes = ChangesOf(frame);
            if (changes > 0 && !_services.Access.Holds(Pass))
                BeginClose(AgentCloseCode.Unauthorized, "the token has run out or was revoked");
            else if (!_changes.TryTake(changes, _services.Options.MaxChangesPerSecond, ChangeBurstSeconds, nowMs))
                BeginClose(AgentCloseCode.Flood, "too many changes");
            else
                ApplyFields(frame);
            report = _session.TakeReport(nowMs);
            Arm(nowMs);
        }

        Send(report);
    }

    private void ApplyFields(PeerFrame frame)
    {
        if (!frame.Node.IsEmpty)
            _session.UpdateNode(frame.Node.Span);
        ChangeTunnels(frame);
        if (frame.Lifecycle is not null || frame.Metadata.Count > 0 || frame.Connections.Count > 0)
            HandOn(frame);
        if (frame.IsGoodbye)
        {
            _isGoodbye = true;
            BeginClose(AgentCloseCode.Goodbye, "");
        }
        else
        {
            BeReady(frame.ReadyForHandshake);
        }
    }

    private void ChangeTunnels(PeerFrame frame)
    {
        if (frame.HasSetTunnels)
        {
            if (Pass.Role == PeerRole.Client)
                _session.CloseAll();
            else if (frame.SetTunnels.Count == 0)
                Say(new Notice(NoticeKind.NotAllowed, Guid.Empty, 0));
            OpenTunnels(frame.SetTunnels);
        }

        OpenTunnels(frame.AddTunnels);
        foreach (var peer in frame.RemoveTunnels)
        {
            // There is none to whom it may not reach.
            if (Pass.Reaches(peer))
                SayRefusal(peer, _session.Close(peer));
            else if (Pass.Role != PeerRole.Client)
                Say(new Notice(NoticeKind.NotAllowed, peer, 0));
        }
    }

    private void OpenTunnels(IReadOnlyList<Guid> peers)
    {
        foreach (var peer in peers)
        {
            if (Pass.Reaches(peer))
                SayRefusal(peer, _session.Open(peer));
            else
                Say(new Notice(NoticeKind.NotAllowed, peer, 0));
        }
    }

    private void SayRefusal(Guid peer, TunnelRefusal refusal)
    {
        if (refusal != TunnelRefusal.None)
            Say(new Notice(refusal == TunnelRefusal.ToItself ? NoticeKind.ToItself : NoticeKind.TooManyTunnels, peer, 0));
    }

    private void BeReady(IReadOnlyList<Guid> peers)
    {
        foreach (var peer in peers)
        {
            if (Pass.Role != PeerRole.Agent)
                Say(new Notice(NoticeKind.NotAllowed, peer, 0));
            else if (!_session.Ready(peer))
                Say(new Notice(NoticeKind.NotShared, peer, 0));
        }
    }

    /// <summary>Reports of an agent go to the batches, which take everything and wait for nothing.</summary>
    private void HandOn(PeerFrame frame)
    {
        if (Pass.Role != PeerRole.Agent)
        {
            Say(new Notice(NoticeKind.NotAllowed, Guid.Empty, 0));
            return;
        }

        var utcMs = _services.UtcNowMs;
        if (frame.Lifecycle is { } state)
            _services.Presence.Lifecycle(Pass.Id, state, utcMs);
        for (var index = 0; index < frame.Metadata.Count; index++)
        {
            var value = frame.Metadata[index];
            if (!frame.Metadata.Skip(index + 1).Any(later => later.Key == value.Key))
                _services.Reports.Metadata(MetadataRow.Create(Pass.Id, value.Key, value.Value, value.Error, utcMs));
        }

        foreach (var connection in frame.Connections)
            _services.Reports.Connection(ConnectionRow.Create(Pass.Id, connection with { Ip = IpOf(connection.Ip) }, utcMs));
    }

    /// <summary>An address in its usual spelling; null for what is none.</summary>
    private static string? IpOf(string? text) => text == "localhost" ? IPAddress.Loopback.ToString()
        : IPAddress.TryParse(text, out var address) ? address.ToString()
        : null;

    /// <summary>How much a frame asks for; 0 when it only has to be heard.</summary>
    private static int ChangesOf(PeerFrame frame) =>
        (frame.Node.IsEmpty ? 0 : 1) + (frame.HasSetTunnels ? 1 : 0) + frame.SetTunnels.Count + frame.AddTunnels.Count + frame.RemoveTunnels.Count + (frame.IsGoodbye ? 1 : 0)
        + frame.ReadyForHandshake.Count + (frame.Lifecycle is null ? 0 : 1) + frame.Metadata.Count + frame.Connections.Count;
}
