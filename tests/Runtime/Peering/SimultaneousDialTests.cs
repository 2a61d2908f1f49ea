using System.Net;
using Actors.Runtime.Peering;
using Actors.Runtime.Tests.Support;

namespace Actors.Runtime.Tests.Peering;

/// <summary>Both silos dial, at once and with every delay between their frames: one connection is used, and only one.</summary>
public sealed class SimultaneousDialTests
{
    [Fact]
    public async Task One_connection_is_used_whoever_is_faster()
    {
        int seeds = Environment.GetEnvironmentVariable("ACTORS_TEST_LONG") == "1" ? 2_000 : 150;
        for (int seed = 0; seed < seeds; seed++)
        {
            await RunAsync(seed);
        }
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        await using PeerNode one = await PeerNode.StartAsync(1, generation: random.Next(1, 3), network: dialer => new DelayedDialer(dialer, random.Next(4)));
        await using PeerNode two = await PeerNode.StartAsync(2, generation: random.Next(1, 3), network: dialer => new DelayedDialer(dialer, random.Next(4)));
        one.Hub.Want(two.Address);
        two.Hub.Want(one.Address);
        await one.Events.Told.Seen("connected 2");
        await two.Events.Told.Seen("connected 1");
        long number = 0;
        await Guard.Until(
            () => one.Hub.TryGet(two.Address, out PeerConnection? mine) && two.Hub.TryGet(one.Address, out PeerConnection? theirs)
                && mine.Number == theirs.Number && (number = mine.Number) > 0,
            $"one connection at both ends, seed {seed}");
        await ExchangeAsync(one, two, seed);
        await ExchangeAsync(two, one, seed);
        CheckOrder(one, "2", seed);
        CheckOrder(two, "1", seed);
        Assert.InRange(number, 1, 3);
    }

    /// <summary>A message may be lost with a connection that is being replaced, and is then sent again.</summary>
    private static Task ExchangeAsync(PeerNode from, PeerNode to, int seed) => Guard.Until(
        () =>
        {
            from.Hub.TrySend(to.Address, "ping"u8);
            return to.Events.Told.Has($"{from.Hub.Self.NodeId}: ping");
        },
        $"a message from {from.Address} to {to.Address}, seed {seed}");

    /// <summary>Never is one connected that was connected already: between two connections there is an end.</summary>
    private static void CheckOrder(PeerNode node, string peer, int seed)
    {
        bool connected = false;
        foreach (string entry in node.Events.Told.Log)
        {
            if (entry == "connected " + peer)
            {
                Assert.False(connected, $"Two connections at a time, seed {seed}: {string.Join(", ", node.Events.Told.Log)}");
                connected = true;
            }
            else if (entry == "lost " + peer || entry == "replaced " + peer)
            {
                Assert.True(connected, $"An end without a connection, seed {seed}");
                connected = false;
            }
        }
    }

    /// <summary>Yields a while before it dials, so that the two silos meet in every order.</summary>
    private sealed class DelayedDialer(IPeerDialer inner, int yields) : IPeerDialer
    {
        public async Task<IPeerTransport> DialAsync(IPEndPoint endpoint, CancellationToken token)
        {
            for (int i = 0; i < yields * 20; i++)
            {
                await Task.Yield();
            }

            return await inner.DialAsync(endpoint, token);
        }
    }
}
