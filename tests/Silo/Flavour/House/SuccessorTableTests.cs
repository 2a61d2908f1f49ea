using System.Net;
using Actors.Membership;
using Actors.Silo.Flavour;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Runtime;

namespace Actors.Silo.Tests.Flavour.House;

/// <summary>After an outage of all silos, a node's new run gets past its former one; while that lives it does not.</summary>
public sealed class SuccessorTableTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Clock _time = new();
    private readonly InMemoryMembershipTable _table;
    private readonly SuccessorTable _successor;

    public SuccessorTableTests()
    {
        _table = new InMemoryMembershipTable("orchard", _time);
        _successor = new SuccessorTable(_table, Patience, NullLogger<SuccessorTable>.Instance);
    }

    [Fact]
    public async Task A_former_run_that_may_live_stays_and_the_new_one_is_refused()
    {
        await StartAsync();
        _time.Now += Patience / 2;
        var refused = await Assert.ThrowsAsync<SiloRefusedException>(() => JoinAsync(2));
        Assert.Equal(Silo(1).SiloAddress, refused.Holder);
        Assert.Equal(SiloStatus.Active, Assert.Single((await _table.ReadAll()).Members).Item1.Status);
    }

    [Fact]
    public async Task A_former_run_that_was_long_not_heard_of_is_declared_dead_and_the_new_one_joins()
    {
        await StartAsync();
        _time.Now += Patience;
        Assert.False(await JoinAsync(2));
        Assert.True(await JoinAsync(2));
        var members = (await _table.ReadAll()).Members.Select(static member => member.Item1).ToDictionary(static member => member.SiloAddress, static member => member.Status);
        Assert.Equal((SiloStatus.Dead, SiloStatus.Active), (members[Silo(1).SiloAddress], members[Silo(2).SiloAddress]));
    }

    [Fact]
    public async Task A_run_that_renews_its_lease_meanwhile_stays()
    {
        await StartAsync();
        _time.Now += Patience;
        await _successor.UpdateIAmAlive(Silo(1));
        await Assert.ThrowsAsync<SiloRefusedException>(() => JoinAsync(2));
    }

    [Fact]
    public async Task Everything_else_is_the_tables()
    {
        await StartAsync();
        var row = Assert.Single((await _successor.ReadRowAsync(Silo(1).SiloAddress, CancellationToken.None)).Members);
        row.Item1.Status = SiloStatus.Dead;
        Assert.True(await _successor.UpdateRowAsync(row.Item1, row.Item2, (await _successor.ReadAllAsync(CancellationToken.None)).Version.Next(), CancellationToken.None));
        Assert.True(await _successor.InsertRowAsync(Silo(2), (await _successor.ReadAllAsync(CancellationToken.None)).Version.Next(), CancellationToken.None));
        _time.Now += Patience;
        await _successor.CleanupDefunctSiloEntriesAsync(_time.Now, CancellationToken.None);
        Assert.Equal(Silo(2).SiloAddress, Assert.Single((await _table.ReadAll()).Members).Item1.SiloAddress);
        await _successor.DeleteMembershipTableEntriesAsync("orchard", CancellationToken.None);
        await Assert.ThrowsAsync<ClusterMismatchException>(() => _successor.InitializeMembershipTableAsync(false, CancellationToken.None));
    }

    private async Task StartAsync()
    {
        await _successor.InitializeMembershipTableAsync(true, CancellationToken.None);
        Assert.True(await JoinAsync(1));
    }

    private async Task<bool> JoinAsync(int generation) => await _successor.InsertRow(Silo(generation), (await _successor.ReadAll()).Version.Next());

    private static MembershipEntry Silo(int generation) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11_000 + generation, generation),
        SiloName = "one@1",
        HostName = "host",
        Status = SiloStatus.Active,
    };

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
