using Actors.Agents;

namespace Actors.Simulation.Tests.Agents;

/// <summary>A world from its first trouble to its last, and what must be so when everything is mended.</summary>
internal static class AgentEpisode
{
    private const double TroubleMs = 20_000;
    private const double MendMs = 25_000;
    private const double QuietMs = 10_000;

    public static void Run(AgentWorld world)
    {
        foreach (var user in world.Users)
        {
            user.WantsConnection = true;
            world.Time.After(world.Chance.Between(0, 2_000), user.Connect);
        }

        var events = 20 + world.Chance.Below(60);
        for (var index = 0; index < events; index++)
            world.Time.After(world.Chance.Between(0, TroubleMs), () => Trouble(world));
        world.Time.RunUntil(TroubleMs);
        Mend(world);
        world.Time.RunUntil(TroubleMs + MendMs);
        AssertTruth(world);
        var pushes = world.Pushes;
        world.Time.RunUntil(TroubleMs + MendMs + QuietMs);
        AssertQuiet(world, world.Pushes - pushes);
    }

    private static void Trouble(AgentWorld world)
    {
        var chance = world.Chance;
        var user = chance.One(world.Users.ToArray());
        var silos = world.LiveSilos.ToArray();
        switch (chance.Below(25))
        {
            case < 6:
                chance.One(world.Clients).Want(chance.One(world.Agents), isWanted: chance.Of(0.65));
                break;
            case < 11:
                user.Announce();
                break;
            case < 15:
                user.Break();
                break;
            case 15:
                user.SayGoodbye();
                world.Time.After(chance.Between(100, 4_000), () => Back(user));
                break;
            case 16:
                // Gone for a while, without a goodbye.
                user.WantsConnection = false;
                user.Break();
                world.Time.After(chance.Between(500, 8_000), () => Back(user));
                break;
            case 17:
                world.Store.IsAway = true;
                world.Time.After(chance.Between(500, 6_000), () => world.Store.IsAway = false);
                break;
            case 18 or 19 when silos.Length > 0:
                var dies = chance.One(silos);
                world.Kill(dies);
                world.Time.After(chance.Between(100, 4_000), () => world.Start(dies.NodeId));
                break;
            case 20 when silos.Length > 1:
                var stops = chance.One(silos);
                world.Stop(stops);
                world.Time.After(chance.Between(3_000, 5_000), () => world.Start(stops.NodeId));
                break;
            case 21:
                foreach (var socket in silos.SelectMany(silo => silo.Sockets).ToArray())
                    socket.User.Break();
                break;
            case 22 when silos.SelectMany(silo => silo.Grains.Values).ToArray() is { Length: > 0 } grains:
                var ends = chance.One(grains);
                world.Note($"{ends} is let go");
                ends.IsOver = true;
                ends.Silo.Grains.Remove(ends.Machine.Id);
                break;
            default:
                foreach (var each in world.Users)
                    each.Announce();
                break;
        }
    }

    private static void Back(SimUser user)
    {
        user.WantsConnection = true;
        user.Connect();
    }

    private static void Mend(AgentWorld world)
    {
        world.IsTroubled = false;
        world.Store.IsAway = false;
        world.Note("everything is mended");
        foreach (var user in world.Users)
        {
            if (user.Socket is { } socket)
                socket.ReadEveryMs = 0;
            if (world.Chance.Of(0.8))
            {
                Back(user);
            }
            else
            {
                user.WantsConnection = false;
                user.Break();
            }
        }
    }

    private static void AssertTruth(AgentWorld world)
    {
        foreach (var user in world.Users)
        {
            if (user.IsConnected != user.WantsConnection)
                throw world.Broken($"{user} wants a connection: {user.WantsConnection}, and has one: {user.IsConnected}.");
            if (!user.IsConnected)
                continue;
            foreach (var peer in world.Users.Where(peer => peer.IsAgent != user.IsAgent))
                AssertTold(world, user, peer);
        }

        foreach (var user in world.Users)
            AssertIndex(world, user);
    }

    private static void AssertTold(AgentWorld world, SimUser user, SimUser peer)
    {
        var (client, agent) = user.IsAgent ? (peer, user) : (user, peer);
        var told = user.Told.GetValueOrDefault(peer.Id);
        if (!client.IsConnected)
        {
            // Which of its tunnels reached the store before it went is not certain; that nobody believes in it is.
            if (told is { Kind: PeerUpdateKind.Node })
                throw world.Broken($"{user} believes in {peer}, who is not there.");
            return;
        }

        var isLinked = client.Wanted.Contains(agent);
        if (isLinked && peer.IsConnected)
        {
            if (told is not { Kind: PeerUpdateKind.Node } || told.Revision != peer.Revision)
                throw world.Broken($"{user} has heard {told?.Kind} {told?.Revision} of {peer}, who announced {peer.Revision}.");
        }
        else if (told is { Kind: PeerUpdateKind.Node } || (!isLinked && told is { Kind: PeerUpdateKind.Lost }))
        {
            throw world.Broken($"{user} has heard {told.Kind} {told.Revision} of {peer}; linked: {isLinked}, there: {peer.IsConnected}.");
        }
    }

    /// <summary>
    /// The reverse index is what a computation from all rows gives, and the rows are what clients want. Of clients that are away neither
    /// is certain: what they said last may have gone with two silos, and they say it again when they are back.
    /// </summary>
    private static void AssertIndex(AgentWorld world, SimUser user)
    {
        var rows = world.Store.Tunnels.Where(row => row.State.IsOpen).ToArray();
        if (!user.IsAgent && user.IsConnected)
        {
            var stored = rows.Where(row => row.Source == user.Id).Select(row => row.Destination).ToHashSet();
            if (!stored.SetEquals(user.Wanted.Select(agent => agent.Id)))
                throw world.Broken($"{user} wants {user.Wanted.Count} tunnels, and {stored.Count} are stored, or others.");
        }

        // A grain that holds no connection learns of a change when it is next asked for; its index serves nobody until then.
        if (!user.IsConnected || !world.Home(user.Id)!.Grains.TryGetValue(user.Id, out var grain))
            return;
        var computed = rows.Where(row => row.Destination == user.Id).Select(row => row.Source).Where(IsThere).ToHashSet();
        var index = grain.Machine.Incoming.Where(IsThere).ToHashSet();
        if (!computed.SetEquals(index))
            throw world.Broken($"{user} has an index of {index.Count} peers, and rows say {computed.Count}, or others.");
        var slots = user.Socket!.Session!.SlotCount;
        var links = grain.Machine.Incoming.Union(grain.Machine.Outgoing).Count();
        if (slots > links)
            throw world.Broken($"{user} has {slots} places for {links} tunnels.");

        bool IsThere(Guid peer) => world.UserOf(peer).IsConnected;
    }

    /// <summary>When nothing happens, neighbours compare now and then, and nothing else is sent.</summary>
    private static void AssertQuiet(AgentWorld world, long pushes)
    {
        var links = world.Store.Tunnels.Count(row => row.State.IsOpen);
        var most = 2 * links * (1 + (int)(QuietMs / world.PeerOptions.CompareEveryMs));
        if (pushes > most)
            throw world.Broken($"{pushes} pushes while nothing happened; {most} would do.");
    }
}
