using Actors.Agents;
using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;

namespace Actors.Grains.Tests.Agents.House;

/// <summary>Peers' grains on three silos of one process, with real calls between them and sockets on other silos than the grains.</summary>
public sealed class AgentPeerClusterTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly Random _random = new(20_261_122);
    private HubCluster _hub = null!;

    public async ValueTask InitializeAsync() => _hub = await HubCluster.StartAsync(3);

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Both_ends_of_a_tunnel_learn_of_each_other_across_silos()
    {
        var (agent, client) = (_hub.PeerOn(2, _random), _hub.PeerOn(1, _random));
        var agents = await _hub.ConnectAsync(0, agent);
        agents.Announce("agent 1");
        var clients = await _hub.ConnectAsync(1, client);
        clients.Say(session => session.Open(agent));
        clients.Announce("client 1");
        await UntilAsync(clients, agent, PeerUpdateKind.Node, "agent 1");
        await UntilAsync(agents, client, PeerUpdateKind.Node, "client 1");
        agents.Announce("agent 2");
        await UntilAsync(clients, agent, PeerUpdateKind.Node, "agent 2");
        agents.Say(session => session.Ready(client));
        await TestGuard.UntilAsync(() => clients.Told.Contains((PeerUpdateKind.ReadyForHandshake, agent, "")), "the client hears that the agent is ready");
        clients.Say(session => session.Close(agent));
        await UntilAsync(agents, client, PeerUpdateKind.Disconnected);
        await UntilAsync(clients, agent, PeerUpdateKind.Disconnected);
        await TestGuard.UntilAsync(() => _hub.Rows.SourcesOf(agent).Count == 0, "the closed tunnel is stored");
    }

    [Fact]
    public async Task A_goodbye_is_told_at_once_and_stored_also_when_it_is_all_that_was_said()
    {
        var (agent, client) = (_hub.PeerOn(2, _random), _hub.PeerOn(1, _random));
        var (agents, clients) = await LinkedAsync(agent, 0, client, 1);
        clients.Close(isGoodbye: true);
        await UntilAsync(agents, client, PeerUpdateKind.Disconnected);
        await TestGuard.SoonAsync(clients.Driving, "the goodbye is stored");
        Assert.Equal(PeerVersion.GoneSequence, _hub.Rows.RowOf(client)!.Version.Sequence);

        var stranger = _hub.PeerOn(1, _random);
        var strangers = await _hub.ConnectAsync(1, stranger);
        strangers.Close(isGoodbye: true);
        await TestGuard.SoonAsync(strangers.Driving, "the stranger's goodbye is stored");
        Assert.Equal(PeerVersion.GoneSequence, _hub.Rows.RowOf(stranger)!.Version.Sequence);
    }

    [Fact]
    public async Task A_newer_connection_on_another_silo_takes_the_place_of_the_older_and_nobody_hears_of_a_loss()
    {
        var (agent, client) = (_hub.PeerOn(2, _random), _hub.PeerOn(1, _random));
        var (agents, clients) = await LinkedAsync(agent, 0, client, 1);
        var newer = await _hub.ConnectAsync(2, agent);
        newer.Announce("newer");
        await UntilAsync(clients, agent, PeerUpdateKind.Node, "newer");
        await UntilAsync(newer, client, PeerUpdateKind.Node, "client");
        await TestGuard.UntilAsync(() => agents.Dropped == AgentCloseCode.Replaced, "the older one is closed");
        Assert.DoesNotContain(clients.Told, static update => update.Kind == PeerUpdateKind.Lost);
    }

    [Fact]
    public async Task When_a_silo_dies_that_held_only_grains_nobody_is_lost_and_no_update_either()
    {
        var (agent, client) = (_hub.PeerOn(2, _random), _hub.PeerOn(2, _random));
        var (agents, clients) = await LinkedAsync(agent, 0, client, 1);
        await _hub.KillAsync(2);
        agents.Announce("agent after");
        clients.Announce("client after");
        await UntilAsync(clients, agent, PeerUpdateKind.Node, "agent after");
        await UntilAsync(agents, client, PeerUpdateKind.Node, "client after");
        Assert.DoesNotContain(agents.Told.Concat(clients.Told), static update => update.Kind is PeerUpdateKind.Lost or PeerUpdateKind.Disconnected);
        Assert.Null(agents.Dropped);
        Assert.Null(clients.Dropped);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task When_the_silo_of_a_socket_dies_its_peer_is_lost_and_back_with_its_tunnels_elsewhere(int home)
    {
        var (agent, client) = (_hub.PeerOn(home, _random), _hub.PeerOn(0, _random));
        var (_, clients) = await LinkedAsync(agent, 2, client, 1);
        await _hub.KillAsync(2);
        await UntilAsync(clients, agent, PeerUpdateKind.Lost);
        var again = await _hub.ConnectAsync(0, agent);
        again.Announce("agent again");
        await UntilAsync(clients, agent, PeerUpdateKind.Node, "agent again");
        await UntilAsync(again, client, PeerUpdateKind.Node, "client");
        Assert.Equal([client], _hub.Rows.SourcesOf(agent));
        Assert.Equal([client], await IndexOfAsync(agent));
    }

    [Fact]
    public async Task When_the_silo_of_a_clients_socket_and_of_its_grain_dies_its_tunnel_outlives_it()
    {
        var (agent, client) = (_hub.PeerOn(0, _random), _hub.PeerOn(2, _random));
        var (agents, _) = await LinkedAsync(agent, 1, client, 2);
        await _hub.KillAsync(2);
        await UntilAsync(agents, client, PeerUpdateKind.Lost);
        var again = await _hub.ConnectAsync(0, client);
        await UntilAsync(again, agent, PeerUpdateKind.Node, "agent");
        again.Announce("client again");
        await UntilAsync(agents, client, PeerUpdateKind.Node, "client again");
    }

    [Fact]
    public async Task While_the_store_is_away_tunnels_work_and_afterwards_everything_is_stored()
    {
        _hub.Rows.IsAway = true;
        var (agent, client) = (_hub.PeerOn(2, _random), _hub.PeerOn(1, _random));
        var (agents, clients) = await LinkedAsync(agent, 0, client, 1);
        Assert.Null(_hub.Rows.RowOf(client));
        _hub.Rows.IsAway = false;
        await TestGuard.UntilAsync(() => _hub.Rows.SourcesOf(agent).SetEquals([client]) && _hub.Rows.RowOf(client) is not null, "rows follow");
        Assert.DoesNotContain(agents.Told.Concat(clients.Told), static update => update.Kind != PeerUpdateKind.Node);
    }

    [Fact]
    public async Task The_index_is_what_a_computation_from_all_rows_gives_after_any_sequence()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var users = Enumerable.Range(0, 10).Select(number => (Id: _hub.PeerOn(random.Next(3), random), IsAgent: number < 4)).ToArray();
        var sockets = new Dictionary<Guid, HubSocket>();
        var wanted = users.ToDictionary(static user => user.Id, static _ => new HashSet<Guid>());
        for (var step = 0; step < 120; step++)
        {
            if (step == 60)
            {
                await _hub.KillAsync(2);
                foreach (var user in users.Where(user => sockets.TryGetValue(user.Id, out var socket) && socket.IsCut))
                    sockets.Remove(user.Id);
            }

            var (id, isAgent) = users[random.Next(users.Length)];
            if (!sockets.TryGetValue(id, out var present) || random.Next(8) == 0)
            {
                sockets[id] = present = await ConnectAsync(id, wanted[id]);
            }

            present.Announce($"{id} {step}");
            var other = users[random.Next(4)].Id;
            if (!isAgent)
            {
                var isWanted = random.Next(3) > 0;
                _ = isWanted ? wanted[id].Add(other) : wanted[id].Remove(other);
                present.Say(session => _ = isWanted ? session.Open(other) : session.Close(other));
            }

            if (random.Next(10) == 0)
            {
                present.Close();
                sockets.Remove(id);
            }
        }

        // Whose silo died may have said what nobody has heard; he says it again.
        foreach (var (id, _) in users.Where(user => !user.IsAgent && !sockets.ContainsKey(user.Id)))
        {
            sockets[id] = await ConnectAsync(id, wanted[id]);
            sockets[id].Announce("back");
        }

        foreach (var (id, _) in users.Where(static user => user.IsAgent))
        {
            var sources = wanted.Where(pair => pair.Value.Contains(id)).Select(static pair => pair.Key).ToHashSet();
            await TestGuard.UntilAsync(
                async () => _hub.Rows.SourcesOf(id).SetEquals(sources) && sources.SetEquals(await IndexOfAsync(id)),
                $"agent {id} is pointed at by {sources.Count}, in the rows and in its grain");
            if (!sockets.TryGetValue(id, out var socket))
                continue;
            foreach (var client in sources.Where(sockets.ContainsKey))
            {
                await TestGuard.UntilAsync(() => socket.LastOf(client)?.Kind == PeerUpdateKind.Node, "the agent knows its client");
                await TestGuard.UntilAsync(() => sockets[client].LastOf(id)?.Kind == PeerUpdateKind.Node, "the client knows its agent");
            }
        }

        async Task<HubSocket> ConnectAsync(Guid id, HashSet<Guid> tunnels)
        {
            var socket = await _hub.ConnectAsync(_hub.Nodes.ElementAt(random.Next(_hub.Nodes.Count())), id);
            socket.Say(session =>
            {
                session.CloseAll();
                foreach (var agent in tunnels)
                    session.Open(agent);
            });
            return socket;
        }
    }

    private async Task<IEnumerable<Guid>> IndexOfAsync(Guid peer) =>
        (await _hub.Grain(peer).Describe()).Neighbours.Where(static neighbour => neighbour.In.IsOpen).Select(static neighbour => neighbour.Peer);

    private async Task<(HubSocket Agents, HubSocket Clients)> LinkedAsync(Guid agent, int agentNode, Guid client, int clientNode)
    {
        var agents = await _hub.ConnectAsync(agentNode, agent);
        agents.Announce("agent");
        var clients = await _hub.ConnectAsync(clientNode, client);
        clients.Announce("client");
        clients.Say(session => session.Open(agent));
        await UntilAsync(clients, agent, PeerUpdateKind.Node, "agent");
        await UntilAsync(agents, client, PeerUpdateKind.Node, "client");
        return (agents, clients);
    }

    private static Task UntilAsync(HubSocket socket, Guid peer, PeerUpdateKind kind, string node = "") =>
        TestGuard.UntilAsync(() => socket.LastOf(peer) == (kind, node), $"{socket.Peer} hears {kind} {node} of {peer}; it was told {string.Join(", ", socket.Told)}");
}
