using System.Net;
using System.Net.Sockets;
using System.Text;
using Actors.Runtime.Peering;
using Actors.Runtime.Tests.Support;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Peering;

public sealed class PeerHubTests
{
    [Fact]
    public async Task Two_silos_connect_and_exchange_messages()
    {
        await using PeerNode one = await PeerNode.StartAsync(1);
        await using PeerNode two = await PeerNode.StartAsync(2);
        Assert.Equal(SendResult.NotConnected, one.Hub.TrySend(two.Address, "early"u8));
        one.Hub.Want(two.Address);
        await one.Events.Told.Seen("connected 2");
        await two.Events.Told.Seen("connected 1");
        Assert.Equal(SendResult.Queued, one.Hub.TrySend(two.Address, "hello"u8));
        Assert.Equal(SendResult.Queued, two.Hub.TrySend(one.Address, new byte[300_000]));
        await two.Events.Told.Seen("1: hello");
        await one.Events.Told.Seen("2: 300000 bytes");
    }

    [Fact]
    public async Task A_lost_connection_is_opened_again()
    {
        await using PeerNode one = await PeerNode.StartAsync(1);
        await using PeerNode two = await PeerNode.StartAsync(2);
        one.Hub.Want(two.Address);
        two.Hub.Want(one.Address);
        long last = 0;
        for (int round = 1; round <= 10; round++)
        {
            await Guard.Until(
                () => one.Hub.TryGet(two.Address, out PeerConnection? mine) && two.Hub.TryGet(one.Address, out PeerConnection? theirs)
                    && mine.Number == theirs.Number && mine.Number > last && mine.IsCurrent && theirs.IsCurrent && (last = mine.Number) > 0,
                $"connection {round}");
            (round % 2 == 0 ? one : two).Hub.Drop(round % 2 == 0 ? two.Address : one.Address, "the test");
        }

        // A side that has the next connection before it notices the end of the last calls that replaced.
        await Guard.Until(() => Ends(one, two) >= 9 && Ends(two, one) >= 9, "every end to be told on both sides");
    }

    private static int Ends(PeerNode of, PeerNode with) =>
        of.Events.Told.Count($"lost {with.Hub.Self.NodeId}") + of.Events.Told.Count($"replaced {with.Hub.Self.NodeId}");

    [Fact]
    public async Task A_silo_that_is_forgotten_is_told_and_not_dialled_again()
    {
        await using PeerNode one = await PeerNode.StartAsync(1);
        await using PeerNode two = await PeerNode.StartAsync(2);
        one.Hub.Want(two.Address);
        await one.Events.Told.Seen("connected 2");
        await two.Events.Told.Seen("connected 1");
        one.Hub.Forget(two.Address, "it left the view");
        await two.Events.Told.Seen("lost 1");
        await one.Events.Told.Seen("lost 2");
        Assert.Contains(two.Log.Entries, static entry => entry.Text.Contains("it left the view", StringComparison.Ordinal));
        Assert.Equal(1, one.Events.Told.Count("connected 2"));
    }

    [Fact]
    public async Task A_port_without_a_listener_is_evidence()
    {
        int port;
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        }

        await using PeerNode one = await PeerNode.StartAsync(1);
        var gone = SiloAddress.New(IPAddress.Loopback, port, 1);
        one.Hub.Want(gone);
        await one.Events.Told.Seen("refused ConnectionRefused", 3);
        await using PeerNode back = await PeerNode.StartAsync(2, port: port);
        await one.Events.Told.Seen("connected 2");
    }

    [Fact]
    public async Task Another_generation_at_the_endpoint_is_evidence_and_is_named()
    {
        await using PeerNode one = await PeerNode.StartAsync(1);
        await using PeerNode two = await PeerNode.StartAsync(2, generation: 20);
        one.Hub.Want(SiloAddress.New(two.EndPoint, 19));
        await one.Events.Told.Seen("refused OtherGeneration");
        PeerRefusal refusal = one.Events.Refusals[0];
        Assert.Equal(new PeerIdentity(two.Address, 2), refusal.Answering);
        Assert.Contains(two.Address.ToString(), refusal.Reason, StringComparison.Ordinal);
        Assert.Empty(two.Events.Told.Log);
    }

    [Fact]
    public async Task A_stranger_that_answers_in_a_silos_place_is_no_evidence()
    {
        await using PeerNode one = await PeerNode.StartAsync(1);
        await using PeerNode stranger = await PeerNode.StartAsync(2, PeerNode.Options with { Secret = "a stranger's own secret" }, generation: 20);
        one.Hub.Want(SiloAddress.New(stranger.EndPoint, 19));
        await one.Events.Told.Seen("refused None");
        Assert.Null(one.Events.Refusals[0].Answering);
        Assert.Contains("secret", one.Events.Refusals[0].Reason, StringComparison.Ordinal);
        await Guard.Until(() => stranger.Log.Has(1200), "a line in the log of who was dialled");
    }

    [Fact]
    public async Task A_silo_that_takes_connections_and_says_nothing_is_given_up_in_time()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        await using PeerNode one = await PeerNode.StartAsync(1, PeerNode.Options with { HandshakeTimeoutMs = 100 });
        one.Hub.Want(SiloAddress.New((IPEndPoint)silent.LocalEndPoint!, 1));
        await one.Events.Told.Seen("refused None", 2);
        Assert.Contains("within 100 ms", one.Events.Refusals[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_the_cluster_does_not_want_is_told_why()
    {
        await using PeerNode one = await PeerNode.StartAsync(1);
        await using PeerNode two = await PeerNode.StartAsync(2);
        two.Events.NotAdmitted = "it was declared dead in view 7";
        one.Hub.Want(two.Address);
        await one.Events.Told.Seen("refused NotAdmitted");
        Assert.Equal("it was declared dead in view 7", one.Events.Refusals[0].Reason);
        Assert.Equal(two.Address, one.Events.Refusals[0].Answering!.Address);
        Assert.Empty(two.Events.Told.Log);
    }

    [Fact]
    public async Task Another_cluster_is_refused_with_both_names()
    {
        await using PeerNode one = await PeerNode.StartAsync(1, PeerNode.Options with { ClusterId = "blue" });
        await using PeerNode two = await PeerNode.StartAsync(2, PeerNode.Options with { ClusterId = "green" });
        one.Hub.Want(two.Address);
        await one.Events.Told.Seen("refused None");
        Assert.Contains("'blue'", one.Events.Refusals[0].Reason, StringComparison.Ordinal);
        Assert.Contains("'green'", one.Events.Refusals[0].Reason, StringComparison.Ordinal);
        await Guard.Until(() => two.Log.Entries.Any(static entry => entry.Text.Contains("'blue'", StringComparison.Ordinal)), "a line in the other silo's log");
    }

    [Fact]
    public async Task Rubbish_is_refused_with_a_reason_and_logged_once()
    {
        await using PeerNode node = await PeerNode.StartAsync(1);
        for (int attempt = 0; attempt < 20; attempt++)
        {
            using TcpClient stranger = await ConnectAsync(node);
            await stranger.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
            byte[] answer = await ReadToEndAsync(stranger);
            Assert.Equal((byte)FrameKind.Refusal, answer[4]);
        }

        Assert.Single(node.Log.Entries, static entry => entry.EventId == 1200);
        Assert.Empty(node.Events.Told.Log);
    }

    [Fact]
    public async Task A_stranger_that_says_nothing_is_closed_in_time_and_holds_up_nobody()
    {
        PeeringOptions options = PeerNode.Options with { HandshakeTimeoutMs = 300 };
        await using PeerNode node = await PeerNode.StartAsync(1, options);
        using TcpClient silent = await ConnectAsync(node);
        await using PeerNode two = await PeerNode.StartAsync(2);
        two.Hub.Want(node.Address);
        await two.Events.Told.Seen("connected 1");
        Assert.Empty(await ReadToEndAsync(silent));
        await Guard.Until(() => node.Log.Entries.Any(static entry => entry.Text.Contains("Timeout", StringComparison.Ordinal)), "a line about the silent one");
    }

    [Fact]
    public async Task Half_open_connections_are_bounded()
    {
        await using PeerNode node = await PeerNode.StartAsync(1, PeerNode.Options with { MaxHandshakes = 3 });
        var strangers = new List<TcpClient>();
        for (int i = 0; i < 3; i++)
        {
            strangers.Add(await ConnectAsync(node));
        }

        await Guard.Until(
            () =>
            {
                strangers.Add(Connect(node));
                return node.Log.Entries.Any(static entry => entry.Text.Contains("TooMany", StringComparison.Ordinal));
            },
            "one stranger too many to be refused");
        strangers.ForEach(static stranger => stranger.Dispose());
        await using PeerNode two = await PeerNode.StartAsync(2);
        two.Hub.Want(node.Address);
        await two.Events.Told.Seen("connected 1");
    }

    [Fact]
    public async Task A_busy_owner_slows_the_peer_that_floods_and_no_other()
    {
        await using PeerNode node = await PeerNode.StartAsync(1);
        await using PeerNode flooding = await PeerNode.StartAsync(2, PeerNode.Options with { MaxQueuedControls = 100 });
        flooding.Hub.Want(node.Address);
        await flooding.Events.Told.Seen("connected 1");
        await node.Events.Told.Seen("connected 2");
        using var gate = new ManualResetEventSlim();
        node.Events.Gate = gate;
        int sent = 0;
        var message = new byte[60_000];
        while (flooding.Hub.TrySend(node.Address, message) == SendResult.Queued)
        {
            Assert.True(++sent < 10_000, "A peer that reads nothing took 600 MB.");
        }

        await using PeerNode other = await PeerNode.StartAsync(3);
        other.Hub.Want(node.Address);
        await other.Events.Told.Seen("connected 1");
        gate.Set();
        await node.Events.Told.Seen("connected 3");
        await node.Events.Told.Seen("2: 60000 bytes", sent);
    }

    [Fact]
    public async Task Rubbish_after_the_handshake_closes_the_connection_with_a_reason()
    {
        await using PeerNode node = await PeerNode.StartAsync(1);
        await using PeerNode two = await PeerNode.StartAsync(2);
        two.Hub.Want(node.Address);
        await two.Events.Told.Seen("connected 1");
        Assert.True(two.Hub.TryGet(node.Address, out PeerConnection? connection));
        Assert.Equal(SendResult.Queued, connection.TrySend(FrameKind.Hello, "again"u8));
        await two.Events.Told.Seen("lost 1");
        await node.Events.Told.Seen("lost 2");
        await Guard.Until(
            () => two.Log.Entries.Any(static entry => entry.EventId == 1202 && entry.Text.Contains("came after the handshake", StringComparison.Ordinal)), "the reason in the peer's log");
        await two.Events.Told.Seen("connected 1", 2);
    }

    [Fact]
    public async Task Connections_can_be_encrypted_and_then_nothing_else_is_accepted()
    {
        using TestAuthority authority = new();
        await using PeerNode one = await PeerNode.StartAsync(1, PeerNode.Options with { Tls = authority.Issue("one") });
        await using PeerNode two = await PeerNode.StartAsync(2, PeerNode.Options with { Tls = authority.Issue("two") });
        one.Hub.Want(two.Address);
        await one.Events.Told.Seen("connected 2");
        one.Hub.TrySend(two.Address, new byte[200_000]);
        await two.Events.Told.Seen("1: 200000 bytes");
        await using PeerNode plain = await PeerNode.StartAsync(3);
        plain.Hub.Want(two.Address);
        await plain.Events.Told.Seen("refused None");
        using TestAuthority foreign = new();
        await using PeerNode other = await PeerNode.StartAsync(4, PeerNode.Options with { Tls = foreign.Issue("other") });
        other.Hub.Want(two.Address);
        await other.Events.Told.Seen("refused None");
        Assert.False(two.Events.Told.Has("connected 3"));
        Assert.False(two.Events.Told.Has("connected 4"));
    }

    private static TcpClient Connect(PeerNode node)
    {
        var client = new TcpClient();
        client.Connect(node.EndPoint);
        return client;
    }

    private static async Task<TcpClient> ConnectAsync(PeerNode node)
    {
        var client = new TcpClient();
        await client.ConnectAsync(node.EndPoint);
        return client;
    }

    private static async Task<byte[]> ReadToEndAsync(TcpClient client)
    {
        using var bytes = new MemoryStream();
        try
        {
            await Guard.Within(client.GetStream().CopyToAsync(bytes), "the connection to be closed");
        }
        catch (IOException)
        {
            // Closed with a reset.
        }

        return bytes.ToArray();
    }
}
