using System.Text;
using Actors.Agents;
using Actors.Grains.Agents;

namespace Actors.Simulation.Tests.Agents;

/// <summary>
/// An agent or a client: what it wants, what it has said, and what it was told on its present socket. It checks every update that it
/// hears against what is so.
/// </summary>
internal sealed class SimUser(AgentWorld world, int number, bool isAgent)
{
    private readonly Dictionary<Guid, Heard> _heard = [];
    private readonly Dictionary<int, SimSocket> _saidOn = [];
    private readonly Dictionary<Guid, int> _farewells = [];

    public Guid Id { get; } = new(number + 1, 0, 0, [0, 0, 0, 0, 0, 0, 0, (byte)(isAgent ? 1 : 2)]);

    public int Number => number;

    public bool IsAgent => isAgent;

    /// <summary>The agents that a client wants tunnels to.</summary>
    public HashSet<SimUser> Wanted { get; } = [];

    public SimSocket? Socket { get; private set; }

    public bool IsConnected => Socket is { IsCut: false, IsClosed: false, Session: not null };

    public bool WantsConnection { get; set; }

    /// <summary>The newest node record's number; 0 before the first on any socket.</summary>
    public int Revision { get; private set; }

    /// <summary>Whether the present socket has announced one.</summary>
    public bool HasAnnounced => Socket is not null && _saidOn.GetValueOrDefault(Revision) == Socket;

    /// <summary>How often it has said goodbye.</summary>
    public int Goodbyes { get; private set; }

    public IReadOnlyDictionary<Guid, Heard> Told => _heard;

    /// <summary>Since when silos can know which tunnels it wants: the welcome of its present socket, or the end of the last one.</summary>
    public double CouldSaySinceMs { get; private set; }

    /// <summary>Its socket's end at the silo is over.</summary>
    public void Ended(SimSocket socket)
    {
        if (socket == Socket)
            CouldSaySinceMs = world.Time.NowMs;
    }

    public override string ToString() => $"{(isAgent ? "agent" : "client")} {number}";

    /// <summary>What was told of a peer on this socket.</summary>
    public sealed class Heard
    {
        public PeerUpdateKind Kind { get; set; }

        public int Revision { get; set; }
    }

    public void Connect()
    {
        if (!WantsConnection || Socket is { IsCut: false })
            return;
        var silos = world.Silos.Where(silo => !silo.IsDead && !silo.IsStopping && silo.View.Number > 0 && !silo.View.HasLost(silo.Gateway)).ToArray();
        if (silos.Length == 0)
        {
            world.Time.After(100, Connect);
            return;
        }

        var silo = world.Chance.One(silos);
        _heard.Clear();
        Socket = new SimSocket(world, silo, this, world.IsTroubled && world.Chance.Of(0.2) ? world.Chance.Between(50, 800) : 0);
        world.Note($"{this} connects to {silo.Run}");
        silo.Accept(Socket);
        Socket.Connect();
    }

    public void Welcome(SimSocket socket)
    {
        if (socket != Socket)
            return;
        world.Note($"{this} has epoch {socket.Epoch}");
        CouldSaySinceMs = world.Time.NowMs;
        if (!isAgent)
        {
            socket.Do(session =>
            {
                session.CloseAll();
                foreach (var agent in Wanted)
                    session.Open(agent.Id);
            });
        }

        world.Time.After(world.IsTroubled ? world.Chance.Between(0, 400) : 0, () =>
        {
            if (Socket == socket && !HasAnnounced)
                Announce();
        });
    }

    public void Announce()
    {
        if (!IsConnected)
            return;
        Revision++;
        _saidOn[Revision] = Socket!;
        world.Note($"{this} announces {Revision}");
        Socket!.Do(session => session.UpdateNode(Encoding.UTF8.GetBytes($"{number}:{Revision}")));
    }

    public void Want(SimUser agent, bool isWanted)
    {
        if (isWanted ? !Wanted.Add(agent) : !Wanted.Remove(agent))
            return;
        world.LinkChanged(this, agent, isWanted);
        if (IsConnected)
            Socket!.Do(session => _ = isWanted ? session.Open(agent.Id) : session.Close(agent.Id));
    }

    public void SayGoodbye()
    {
        if (!IsConnected)
            return;
        world.Note($"{this} says goodbye");
        foreach (var agent in Wanted.ToArray())
        {
            Wanted.Remove(agent);
            world.LinkChanged(this, agent, isOpen: false);
        }

        Goodbyes++;
        WantsConnection = false;
        Socket!.Close(isGoodbye: true);
    }

    /// <summary>The line breaks; the silo notices at once or after a while, and the user may be back before.</summary>
    public void Break()
    {
        if (Socket is not { IsCut: false } socket)
            return;
        world.Note($"{this} is cut off");
        var noticedMs = world.Chance.Of(0.6) ? 1 : world.Chance.Between(500, 3_000);
        world.Time.After(noticedMs, () => socket.Close(isGoodbye: false));
        socket.Cut();
    }

    public void Cut(SimSocket socket)
    {
        if (socket != Socket)
            return;
        if (WantsConnection)
            world.Time.After(world.Chance.Between(20, 1_500), Connect);
    }

    public void Hear(SimSocket socket, PeerUpdate update)
    {
        if (socket != Socket)
            return;
        var peer = world.UserOf(update.Peer);
        world.Note($"{this} hears {update.Kind} of {peer} {Encoding.UTF8.GetString(update.Node.Span)}");
        world.Heard++;
        var heard = _heard.GetValueOrDefault(peer.Id);
        Require(world.WereEverLinked(this, peer), $"heard of {peer}, without a tunnel");
        if (update.Kind is PeerUpdateKind.Node or PeerUpdateKind.ReadyForHandshake)
        {
            var closedMs = world.ClosedForMs(isAgent ? peer : this, isAgent ? this : peer);
            var mostMs = (isAgent ? AgentWorld.AgentHearsForMs : AgentWorld.ClientHearsForMs) + socket.LongestReadMs;
            Require(closedMs <= mostMs, $"heard {update.Kind} of {peer} {closedMs:0} ms after the tunnel was closed; {mostMs:0} ms are for that");
        }

        switch (update.Kind)
        {
            case PeerUpdateKind.Node:
                var revision = RevisionIn(update, peer);
                Require(heard is null || revision >= heard.Revision, $"heard {revision} of {peer} after {heard?.Revision}");
                Require(heard is not { Kind: PeerUpdateKind.Node } || revision > heard.Revision, $"heard {revision} of {peer} twice");
                _heard[peer.Id] = new Heard { Kind = update.Kind, Revision = revision };
                if (isAgent && IsConnected)
                    Socket.Do(session => session.Ready(peer.Id));
                break;
            case PeerUpdateKind.Lost:
                Require(heard is { Kind: PeerUpdateKind.Node }, $"heard that {peer} is lost, and {heard?.Kind} of it before");
                Require(peer.HasEnded(heard!.Revision), $"heard that {peer} is lost, whose connection lives");
                heard.Kind = update.Kind;
                break;
            case PeerUpdateKind.Disconnected:
                Require(heard is { Kind: PeerUpdateKind.Node or PeerUpdateKind.Lost }, $"heard that {peer} is gone, and {heard?.Kind} of it before");
                // A tunnel that went with two silos, before the store had it, is closed for those who knew of it; its client opens it anew.
                _farewells[peer.Id] = _farewells.GetValueOrDefault(peer.Id) + 1;
                Require(
                    ((heard!.Kind == PeerUpdateKind.Lost || peer.HasEnded(heard.Revision)) && !world.IsStored(this, peer)) || _farewells[peer.Id] <= world.UnlinksOf(this, peer) + peer.Goodbyes,
                    $"heard {_farewells[peer.Id]} times that {peer} is gone, which said {peer.Goodbyes} goodbyes and lost {world.UnlinksOf(this, peer)} tunnels");
                heard.Kind = update.Kind;
                break;
            default:
                Require(peer.IsAgent && heard is { Kind: PeerUpdateKind.Node }, $"heard that {peer} is ready, and {heard?.Kind} of it before");
                world.ReadyHeard++;
                break;
        }
    }

    /// <summary>Whether the connection that announced a revision is over, for its silo or for itself.</summary>
    public bool HasEnded(int revision) => _saidOn[revision] is { IsClosed: true } or { IsCut: true };

    private int RevisionIn(PeerUpdate update, SimUser peer)
    {
        var parts = Encoding.UTF8.GetString(update.Node.Span).Split(':');
        Require(parts[0] == $"{peer.Number}", $"heard {parts[0]}'s node record as {peer}'s");
        return int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private void Require(bool isSo, string what)
    {
        if (!isSo)
            throw world.Broken($"{this} {what}.");
    }
}
