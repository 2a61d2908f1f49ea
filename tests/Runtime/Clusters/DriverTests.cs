using Actors.Membership;
using Actors.Placement;
using Actors.Runtime.Cluster;
using Actors.Runtime.Peering;
using Actors.Runtime.Tests.Support;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>What goes wrong around a driver: its table, its peers, its grains, its operator.</summary>
public sealed class DriverTests : IAsyncDisposable
{
    private const int MostSilos = 4;

    private readonly FlakyTable _table = new(ClusterSilo.ClusterId);
    private readonly List<ClusterSilo> _silos = [];
    private readonly int _port = PortRange.Next(MostSilos);

    public async ValueTask DisposeAsync()
    {
        _table.Mend();
        foreach (ClusterSilo silo in _silos)
        {
            silo.Probe.OpenAll();
            await KillAsync(silo);
        }
    }

    [Fact]
    public async Task A_silo_alone_whose_table_is_away_runs_no_turn_until_it_is_back()
    {
        ClusterSilo silo = await StartAsync(0);
        IStuckGrain grain = silo.Grains.GetGrain<IStuckGrain>("one");
        await grain.Where();
        _table.Break(FlakyTable.Trouble.Hangs);
        TurnLease lease = silo.Local.Turns!;
        await Guard.Until(() => lease.IsOver, "the lease to lapse");
        Task<string> call = grain.Where();
        await Guard.Until(() => lease.Aside > 0, "the call to be put aside");
        Assert.False(call.IsCompleted);
        // The renewal that hangs now was sent too long ago to be of use.
        await Guard.Until(() => TimeProvider.System.GetElapsedTime(_table.RenewalBegan) > TimeSpan.FromSeconds(2.5), "a renewal to grow old");
        int renewals = _table.Renewals;
        _table.Mend();
        await Guard.Within(call, "the call");
        Assert.True(_table.Renewals > renewals, "The lease counts from when its renewal was sent.");
        await Guard.Until(() => !lease.IsOver, "the lease");
    }

    [Fact]
    public async Task A_table_that_refuses_writes_is_not_asked_again_and_again_and_holds_up_nobody_who_stops()
    {
        ClusterSilo silo = await StartAsync(0);
        _table.Break(FlakyTable.Trouble.ReadOnly);
        _table.Writes.Clear();
        _silos.Remove(silo);
        await Guard.Within(silo.DisposeAsync().AsTask(), "the silo to stop");
        long[] writes = [.. _table.Writes];
        // It tries twice a second, for 3 s at most; where it waits for the table as for its peers, for 10 s and more.
        Assert.InRange(writes.Length, 1, 12);
        Assert.All(writes.Zip(writes.Skip(1)), static pair => Assert.True(TimeProvider.System.GetElapsedTime(pair.First, pair.Second) > TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task Who_was_declared_dead_or_has_a_members_number_is_not_admitted()
    {
        ClusterSilo first = await StartAsync(0);
        ClusterSilo dead = await StartAsync(1);
        await SettledAsync();
        IPeerEvents door = first.Driver;
        Assert.Null(door.Admits(new PeerIdentity(dead.Address, 1)));
        Assert.Contains("has node id 1 already", door.Admits(new PeerIdentity(SiloAddress.New(dead.Address.Endpoint.Address, 1, 1), 1)), StringComparison.Ordinal);
        Assert.Null(door.Admits(new PeerIdentity(SiloAddress.New(dead.Address.Endpoint, dead.Address.Generation + 1), 1)));
        await Assert.ThrowsAsync<ArgumentException>(() => first.Membership.TryKill(first.Address));
        Assert.True(await first.Membership.TryKill(dead.Address));
        await Guard.Until(() => first.Driver.Routes.View.IsDead(dead.Address), "the death");
        Assert.Contains("was declared dead", door.Admits(new PeerIdentity(dead.Address, 1)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FlakyTable.Trouble.Refuses, "the test took it away")]
    [InlineData(FlakyTable.Trouble.Hangs, "does not answer as it should")]
    [InlineData(FlakyTable.Trouble.Garbage, "rubbish")]
    [InlineData(FlakyTable.Trouble.Old, "restored from an older copy")]
    public async Task A_table_that_cannot_be_used_is_named_and_the_silos_go_on(object trouble, string said)
    {
        // What is in the way is logged when it has been there for as long as a peer may be silent.
        var timings = new ClusterTimings { LoneVoteAfterMs = 20_000 };
        ClusterSilo first = await StartAsync(0, timings: timings);
        ClusterSilo second = await StartAsync(1, timings: timings);
        await SettledAsync();
        _table.Break((FlakyTable.Trouble)trouble);
        await Guard.Until(() => _silos.TrueForAll(silo => silo.Now.Hindrance?.Contains(said, StringComparison.Ordinal) == true), "the silos to say what is wrong");
        await Guard.Until(() => first.Log.Entries.Any(entry => entry.EventId == 1255 && entry.Text.Contains(said, StringComparison.Ordinal)), "the log to say it");
        Assert.All(_silos, static silo => Assert.True(silo.Now is { IsActive: true, Expelled: null }));
        string[] seen = await Guard.Within(Task.WhenAll(Enumerable.Range(0, 20).Select(number => second.Grains.GetGrain<IStuckGrain>($"grain-{number}").Where())), "calls beside the trouble");
        Assert.Equal(2, seen.Distinct().Count());
        _table.Mend();
        await Guard.Until(() => _silos.TrueForAll(static silo => silo.Now.Hindrance is null), "the silos to see that it is mended");
    }

    [Fact]
    public async Task Who_starts_while_the_table_is_away_joins_when_it_is_back()
    {
        _table.Break(FlakyTable.Trouble.Refuses);
        (Task<ClusterSilo> starting, CapturedLog log, Func<ClusterReading> now) = ClusterSilo.Begin(0, _port, _table);
        await Guard.Until(() => log.Has(1255) && now().Hindrance is not null, "the silo to say what it waits for");
        Assert.Contains("the test took it away", now().Hindrance, StringComparison.Ordinal);
        _table.Mend();
        _silos.Add(await Guard.Within(starting, "the silo to join"));
        Assert.True(_silos[0].Now is { IsActive: true, Hindrance: null });
    }

    [Fact]
    public async Task Who_stops_while_the_table_is_away_does_not_wait_for_it()
    {
        ClusterSilo silo = await StartAsync(0);
        _table.Break(FlakyTable.Trouble.Refuses);
        await Guard.Until(() => silo.Driver.IsTableAway, "the table to be away");
        _silos.Remove(silo);
        long began = TimeProvider.System.GetTimestamp();
        await Guard.Within(silo.DisposeAsync().AsTask(), "the silo to stop");
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task A_turn_that_never_ends_is_cut_off_when_its_grain_moves()
    {
        ClusterSilo first = await StartAsync(0);
        await StartAsync(1);
        await SettledAsync();
        IStuckGrain moving = first.Grains.GetGrain<IStuckGrain>(KeyThatMoves("stuck", from: 0, to: 2));
        Task stuck = moving.Stick();
        await first.Probe.Seen($"stuck {moving.GetPrimaryKeyString()}");
        ClusterSilo third = await StartAsync(2);
        Task<string> next = third.Grains.GetGrain<IStuckGrain>(moving.GetPrimaryKeyString()).Where();
        SiloUnavailableException cutOff = await Assert.ThrowsAsync<SiloUnavailableException>(() => Guard.Within(stuck, "the end of the turn"));
        Assert.Contains("did not end in time", cutOff.Message, StringComparison.Ordinal);
        Assert.Equal(third.Address.ToString(), await Guard.Within(next, "the answer of the new home"));
        await Guard.Until(() => _silos.TrueForAll(static silo => silo.Driver.Routes.MustTakeRecords), "all silos to know of it");
    }

    [Fact]
    public async Task A_grain_that_ends_slowly_is_waited_for()
    {
        ClusterSilo first = await StartAsync(0);
        await StartAsync(1);
        await SettledAsync();
        IStuckGrain moving = first.Grains.GetGrain<IStuckGrain>(KeyThatMoves("slow", from: 0, to: 2));
        await moving.Where();
        IStuckGrain other = first.Grains.GetGrain<IStuckGrain>(KeyThatMoves("stuck", from: 0, to: 2));
        Task stuck = other.Stick();
        await first.Probe.Seen($"stuck {other.GetPrimaryKeyString()}");
        ClusterSilo third = await StartAsync(2);
        await first.Probe.Seen($"ends {moving.GetPrimaryKeyString()}");
        Task<string> next = third.Grains.GetGrain<IStuckGrain>(moving.GetPrimaryKeyString()).Where();
        await Guard.Until(() => third.Driver.Routes.View.Version == first.Driver.Routes.View.Version && third.Driver.MayActivate(moving.GetGrainId()) is Permission.Wait, "the new home to wait");
        Assert.Null(third.ActivationOf(moving));
        // The end of an activation that was before it says nothing of this one; the stuck grain's end is told later.
        first.Driver.Ended(first.ActivationOf(moving)!);
        first.Probe.Open("stuck");
        await Guard.Until(() => third.Driver.MayActivate(other.GetGrainId()) is Permission.Serve, "the other grain to be let go");
        Assert.Equal(Permission.Wait, third.Driver.MayActivate(moving.GetGrainId()));
        first.Probe.Open("end");
        Assert.Equal(third.Address.ToString(), await Guard.Within(next, "the answer of the new home"));
        Assert.True(first.Probe.Has($"ended {moving.GetPrimaryKeyString()}"));
        await Guard.Within(stuck, "the turn of the other");
        Assert.False(third.Driver.Routes.MustTakeRecords);
    }

    [Fact]
    public async Task Connections_that_break_during_a_hand_over_lose_nothing()
    {
        await StartAsync(0);
        await StartAsync(1);
        await SettledAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(number => _silos[0].Grains.GetGrain<IStuckGrain>($"grain-{number}").Where()));
        Task<ClusterSilo> third = StartAsync(2);
        long seenVersion = 0;
        await Guard.Until(
            () =>
            {
                long version = _silos[0].Driver.Routes.View.Version;
                if (version > seenVersion)
                {
                    seenVersion = version;
                    foreach (ClusterSilo silo in _silos.ToArray())
                    {
                        foreach (SiloAddress peer in silo.Calls.Hub.Connections.Select(static connection => connection.Peer.Address).ToArray())
                        {
                            silo.Calls.Hub.Drop(peer, "the test breaks it");
                        }
                    }
                }

                return third.IsCompleted;
            },
            "the third silo to join");
        await third;
        await SettledAsync();
        string[] seen = await Guard.Within(Task.WhenAll(Enumerable.Range(0, 100).Select(number => _silos[1].Grains.GetGrain<IStuckGrain>($"grain-{number}").Where())), "all grains");
        Assert.Equal(3, seen.Distinct().Count());
    }

    [Fact]
    public async Task A_message_that_cannot_be_sent_is_logged_and_loses_no_other()
    {
        ClusterSilo first = await StartAsync(0, maxControlBytes: 1024);
        await StartAsync(1, maxControlBytes: 1024);
        await SettledAsync();
        string[] keys = [.. Enumerable.Range(0, 200).Select(number => KeyThatMoves($"grain-{number}-", from: 0, to: 2))];
        await Task.WhenAll(keys.Select(key => first.Grains.GetGrain<IStuckGrain>(key).Where()));
        ClusterSilo third = await StartAsync(2, maxControlBytes: 1024);
        await Guard.Until(() => first.Log.Has(1258), "word of what was not done");
        await Guard.Until(() => keys.All(key => first.ActivationOf(first.Grains.GetGrain<IStuckGrain>(key)) is null), "the grains that moved to end");
        Assert.Equal(3, first.Driver.Routes.View.Members.Count(static member => member.IsPlaceable));
        Assert.True(third.Now.IsActive);
    }

    [Fact]
    public async Task A_node_that_starts_again_at_another_address_gets_its_grains()
    {
        ClusterSilo first = await StartAsync(0);
        ClusterSilo former = await StartAsync(1);
        await StartAsync(2);
        await SettledAsync();
        Assert.Equal(former.Address.ToString(), await first.Grains.GetGrain<INodeGrain>("x@1").Where());
        _silos.Remove(former);
        await KillAsync(former);
        ClusterSilo again = await Guard.Within(StartAsync(1, at: 3), "the node to be a member again");
        Assert.Equal(again.Address.ToString(), await Guard.Within(ClusterTests.UntilAnsweredAsync(first.Grains.GetGrain<INodeGrain>("x@1").Where), "the node's grain"));
        Assert.Equal(again.Address.ToString(), await Guard.Within(again.Grains.GetGrain<INodeGrain>("y@1").Where(), "another grain of the node"));
    }

    [Fact]
    public async Task Of_two_silos_with_one_node_id_the_second_is_refused_and_the_first_goes_on()
    {
        ClusterSilo first = await StartAsync(0);
        (Task<ClusterSilo> starting, CapturedLog log, _) = ClusterSilo.Begin(0, _port + 1, _table, timings: new ClusterTimings { RefusedMs = 3_000 });
        JoinRefusedException refused = await Assert.ThrowsAsync<JoinRefusedException>(() => Guard.Within(starting, "the second to give up"));
        Assert.Contains("same node id", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Give each silo a node id of its own", refused.Message, StringComparison.Ordinal);
        Assert.Contains(log.Entries, static entry => entry.EventId == 1255 && entry.Text.Contains("same node id", StringComparison.Ordinal));
        Assert.Equal(first.Address.ToString(), await first.Grains.GetGrain<IStuckGrain>("one").Where());
        Assert.True(first.Now is { IsActive: true, Expelled: null });
        Assert.Equal(first.Address, Assert.Single(first.Now.Silos).Address);
    }

    [Fact]
    public async Task A_silo_of_another_cluster_says_why_it_does_not_join_and_the_others_go_on()
    {
        ClusterSilo first = await StartAsync(0);
        (Task<ClusterSilo> starting, CapturedLog log, Func<ClusterReading> now) = ClusterSilo.Begin(1, _port + 1, _table, clusterId: "misspelt");
        await Guard.Until(() => now().Hindrance?.Contains("cluster", StringComparison.OrdinalIgnoreCase) == true && now().Hindrance!.Contains("misspelt", StringComparison.Ordinal), "the hindrance");
        Assert.Contains($"node 0 at {first.Address}", now().Hindrance, StringComparison.Ordinal);
        await Guard.Until(() => log.Has(1255), "the log to say it");
        Assert.False(now().IsActive);
        Assert.Equal(first.Address.ToString(), await first.Grains.GetGrain<IStuckGrain>("one").Where());
        Assert.True(first.Now.IsActive);
        Assert.True(await first.Membership.TryKill(now().Silos.Single(static silo => silo.NodeId == 1).Address));
        JoinRefusedException expelled = await Assert.ThrowsAsync<JoinRefusedException>(() => Guard.Within(starting, "the silo to end"));
        Assert.Contains("declared this silo dead", expelled.Message, StringComparison.Ordinal);
        Assert.Contains($"{first.Address} was not reached", expelled.Message, StringComparison.Ordinal);
        Assert.Contains("misspelt", expelled.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("joins anew", expelled.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_refused_by_several_says_it_once_and_names_all()
    {
        ClusterSilo[] members = [await StartAsync(0), await StartAsync(1)];
        (Task<ClusterSilo> starting, CapturedLog log, Func<ClusterReading> now) = ClusterSilo.Begin(2, _port + 2, _table, clusterId: "misspelt");
        await Guard.Until(() => Array.TrueForAll(members, member => now().Hindrance?.Contains($"{member.Address} was not reached", StringComparison.Ordinal) == true), "both refusals");
        await Guard.Until(() => log.Entries.Any(entry => entry.EventId == 1255 && entry.Text == now().Hindrance), "the log to say it");
        Assert.True(await members[0].Membership.TryKill(now().Silos.Single(static silo => silo.NodeId == 2).Address));
        await Assert.ThrowsAsync<JoinRefusedException>(() => Guard.Within(starting, "the silo to end"));
        string[] said = [.. log.Entries.Where(static entry => entry.EventId == 1255).Select(static entry => entry.Text)];
        Assert.Equal(said.Distinct(), said);
    }

    [Fact]
    public async Task Who_is_dead_for_long_is_forgotten()
    {
        ClusterSilo first = await StartAsync(0, forgetAfter: TimeSpan.Zero);
        ClusterSilo dead = await StartAsync(1, forgetAfter: TimeSpan.Zero);
        await SettledAsync();
        _silos.Remove(dead);
        await KillAsync(dead);
        await Guard.Until(() => first.Now.Silos.Any(static silo => silo.Status is SiloStatus.Dead), "the death");
        await Guard.Until(
            () =>
            {
                first.Driver.CatchUp();
                return _table.Rows == 1;
            },
            "the row to be removed");
        Assert.True(first.Now is { IsActive: true, Expelled: null });
    }

    /// <summary>A key whose grain is on a node while there are nodes 0 and 1, and on another as soon as there is a node 2.</summary>
    private static string KeyThatMoves(string prefix, int from, int to) => Enumerable.Range(0, 1_000).Select(number => $"{prefix}{number}").First(key =>
        RendezvousHash.Choose(GrainId.Create("test.stuck", key), [0, 1]) == from && RendezvousHash.Choose(GrainId.Create("test.stuck", key), [0, 1, 2]) == to);

    /// <summary>Ends a silo as kill -9 does: it tells nobody, and its port is closed.</summary>
    private static async Task KillAsync(ClusterSilo silo)
    {
        await silo.Service<ClusterStages>().DisposeAsync();
        await silo.DisposeAsync();
    }

    private async Task<ClusterSilo> StartAsync(int node, int? at = null, int maxControlBytes = 4 * 1024 * 1024, TimeSpan? forgetAfter = null, ClusterTimings? timings = null)
    {
        Task<ClusterSilo> starting = ClusterSilo.StartAsync(node, _port + (at ?? node), _table, timings: timings ?? ClusterSilo.Patient, maxControlBytes: maxControlBytes, configure: builder => builder.Configure<ClusterMembershipOptions>(options =>
        {
            if (forgetAfter is { } age)
            {
                options.DefunctSiloExpiration = age;
                options.DefunctSiloCleanupPeriod = TimeSpan.FromMilliseconds(50);
            }
        }));
        ClusterSilo silo = await Guard.Within(starting, $"silo {node} to join");
        _silos.Add(silo);
        return silo;
    }

    private Task SettledAsync()
    {
        long newest = _silos.Max(static silo => silo.Driver.Routes.View.Version);
        return Guard.Until(() => _silos.TrueForAll(silo => silo.Driver.Routes is { IsQuick: true } routes && routes.View.Version >= newest), "all silos to settle");
    }
}
