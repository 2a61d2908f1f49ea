using System.Net;
using Actors.AgentLoad.Planning;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.AgentLoad.Tests.Planning;

public sealed class LoadPlanTests
{
    private static readonly LoadWish Wish = new()
    {
        Hubs = [new IPEndPoint(IPAddress.Loopback, 8080)],
        Agents = 30_000,
        Clients = 3_000,
        TunnelsPerClient = 10,
        OpenFiles = 20_000,
    };

    [Fact]
    public void Thirty_thousand_agents_take_two_processes_and_two_addresses()
    {
        var plan = LoadPlan.Make(Wish, new List<string>())!;
        Assert.Equal([(0, 15_000, 0, 1_500), (15_000, 15_000, 1_500, 1_500)], plan.Shares.Select(share => (share.FirstAgent, share.Agents, share.FirstClient, share.Clients)));
        Assert.Equal(["127.0.0.1 127.0.0.2", "127.0.0.2 127.0.0.1"], plan.Shares.Select(share => string.Join(' ', share.Sources)));
        var three = LoadPlan.Make(Wish with { Hubs = [.. Wish.Hubs, new(IPAddress.Loopback, 8081), new(IPAddress.Loopback, 8082)] }, new List<string>())!;
        Assert.All(three.Shares, share => Assert.Empty(share.Sources));
    }

    [Fact]
    public void Every_peer_is_in_one_process_and_no_process_has_more_than_it_may() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), static seed =>
    {
        var random = new Random(seed);
        var wish = Wish with
        {
            Agents = random.Next(500, 100_000),
            Clients = random.Next(0, 20_000),
            TunnelsPerClient = random.Next(1, 11),
            OpenFiles = random.Next(5_000, 30_000),
        };
        var plan = LoadPlan.Make(wish, new List<string>())!;
        return plan.Shares.Sum(share => share.Agents) == wish.Agents && plan.Shares.Sum(share => share.Clients) == wish.Clients
            && plan.Shares.Zip(plan.Shares.Skip(1)).All(pair => pair.First.FirstAgent + pair.First.Agents == pair.Second.FirstAgent && pair.First.FirstClient + pair.First.Clients == pair.Second.FirstClient)
            && plan.Shares.All(share => share.Agents + share.Clients + LoadPlan.KeptFiles <= wish.OpenFiles + 1 && share.Agents >= wish.TunnelsPerClient);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_limit_that_is_too_low_is_told_with_the_number_that_is_needed()
    {
        Assert.Equal(
            "33,000 connections in 1 process need a limit of 33,256 open files; it is 20,000: raise it (ulimit -n 33256), or let there be 2 processes.",
            Mistake(Wish with { Processes = 1 }));
        Assert.Equal(
            "33,000 connections in 32 processes need a limit of 1,288 open files; it is 1,024: raise it (ulimit -n 1288).",
            Mistake(Wish with { OpenFiles = 1_024 }));
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var mistakes = new List<string>();
        Assert.Null(LoadPlan.Make(Wish with { Agents = 5, Clients = 40_000, Hubs = [new(IPAddress.Parse("192.0.2.1"), 80)], Processes = 1 }, mistakes));
        Assert.Equal(3, mistakes.Count);
        Assert.Equal("10 tunnels per client need as many agents; there are 5.", mistakes[0]);
        Assert.StartsWith("40,005 connections to 1 hub(s) need 3 source addresses, of 20,000 connections to a hub each; there is 1:", mistakes[2], StringComparison.Ordinal);
        Assert.Equal("4 processes need 40 agents, for tunnels stay in one process; there are 20.", Mistake(Wish with { Agents = 20, Clients = 5, Processes = 4 }));
    }

    [Theory]
    [InlineData("updates=2000/s,client-updates=0.5/s,breaks=3/s,ready", 2_000, 0.5, 3, 0, true)]
    [InlineData("in-flight=64,storm=2.5s", 0, 0, 0, 64, false, 2.5)]
    [InlineData("none", 0, 0, 0, 0, false)]
    public void Traffic_is_read(string text, double updates, double clientUpdates, double breaks, int inFlight, bool isReady, double? stormSeconds = null)
    {
        var mistakes = new List<string>();
        var (traffic, agentsGetReady) = TrafficWords.Parse(text, mistakes)!;
        Assert.Empty(mistakes);
        Assert.Equal(
            (updates, clientUpdates, breaks, inFlight, isReady),
            (traffic.AgentUpdatesPerSecond, traffic.ClientUpdatesPerSecond, traffic.BreaksPerSecond, traffic.InFlight, agentsGetReady));
        Assert.Equal(stormSeconds, traffic.StormAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData("updates=2000", "'updates=2000' is no rate; write a number above 0 and up to 1,000,000 with /s, such as updates=100/s.")]
    [InlineData("updates=0/s", "'updates=0/s' is no rate;")]
    [InlineData("in-flight=0", "'in-flight=0' is no number of updates; write one from 1 to 1,000,000.")]
    [InlineData("storm=0s", "'storm=0s' is no time; write seconds")]
    [InlineData("storm=10", "'storm=10' is no time;")]
    [InlineData("ready=1", "'ready=1' is no --traffic; there are updates=N/s,")]
    [InlineData("", "'' is no --traffic;")]
    [InlineData("none,ready", "--traffic says 'none' and something else.")]
    [InlineData("ready,ready", "--traffic says 'ready' twice.")]
    [InlineData("updates=1/s,in-flight=1", "not both.")]
    public void Traffic_that_means_nothing_is_told(string text, string mistake)
    {
        var mistakes = new List<string>();
        Assert.Null(TrafficWords.Parse(text, mistakes));
        Assert.Contains(mistake, mistakes.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_of_traffic_are_the_whole()
    {
        var traffic = new Actors.AgentLoad.Running.Traffic { AgentUpdatesPerSecond = 10, InFlight = 7, Updates = 100 };
        var parts = TrafficWords.PartsOf(traffic, [4, 4, 4]);
        Assert.Equal((10, 7, 100), (Math.Round(parts.Sum(part => part.AgentUpdatesPerSecond), 9), parts.Sum(part => part.InFlight), parts.Sum(part => part.Updates)));
        Assert.All(TrafficWords.PartsOf(new(), [1, 0]), part => Assert.Equal(long.MaxValue, part.Updates));
    }

    [Fact]
    public void Only_processes_that_can_send_get_a_part_of_the_updates()
    {
        var byClock = TrafficWords.PartsOf(new() { AgentUpdatesPerSecond = 10, ClientUpdatesPerSecond = 4, Updates = 100 }, [0, 1, 1]);
        Assert.Equal([(0, 0, 0L), (5, 2, 50L), (5, 2, 50L)], byClock.Select(part => (part.AgentUpdatesPerSecond, part.ClientUpdatesPerSecond, part.Updates)));
        var closed = TrafficWords.PartsOf(new() { InFlight = 1, Updates = 10 }, [0, 5, 5]);
        Assert.Equal([(0, 0L), (1, 10L), (0, 0L)], closed.Select(part => (part.InFlight, part.Updates)));
    }

    [Theory]
    [InlineData("updates=1/s", 0, false)]
    [InlineData("ready,breaks=1/s", 5, false)]
    [InlineData("none", 5, false)]
    [InlineData("client-updates=1/s", 1, true)]
    [InlineData("in-flight=1", 1, true)]
    public void Updates_need_a_sender_and_a_tunnel(string text, int clients, bool hasSender) =>
        Assert.Equal(hasSender, TrafficWords.HasSender(TrafficWords.Parse(text, new List<string>())!.Traffic, clients));

    private static string Mistake(LoadWish wish)
    {
        var mistakes = new List<string>();
        Assert.Null(LoadPlan.Make(wish, mistakes));
        return Assert.Single(mistakes);
    }
}
