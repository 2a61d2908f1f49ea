using System.Globalization;
using System.Net;
using Actors.Membership;
using Orleans;
using Orleans.Runtime;

namespace Actors.Tests.Membership;

/// <summary>What every membership table promises, also one for a single silo. One subclass per store; a method per promise.</summary>
public abstract class MembershipTableCompliance
{
    /// <summary>The cluster that the tests' stores hold.</summary>
    protected const string Cluster = "orchard";

    /// <summary>The real clock, as a guard only.</summary>
    protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly DateTime Start = new(2026, 7, 1, 12, 30, 15, 123, 456, DateTimeKind.Utc);

    /// <summary>One more handle on the test's store, as one more silo has it; empty when the test begins.</summary>
    protected abstract Task<ILeasedMembershipTable> OpenAsync();

    /// <summary>Makes all leases of the test's store older.</summary>
    protected abstract Task AgeLeasesAsync(TimeSpan by);

    [Fact]
    public async Task A_new_table_is_empty_and_at_version_0()
    {
        MembershipTableData data = await (await InitializedAsync()).ReadAll();
        Assert.Empty(data.Members);
        Assert.Equal(0, data.Version.Version);
        Assert.False(string.IsNullOrEmpty(data.Version.VersionEtag));
    }

    [Fact]
    public async Task To_initialize_again_changes_nothing()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1));
        await table.InitializeMembershipTable(true);
        await table.InitializeMembershipTable(false);
        MembershipTableData data = await table.ReadAll();
        Assert.Single(data.Members);
        Assert.Equal(1, data.Version.Version);
    }

    [Fact]
    public async Task Who_may_not_make_a_table_is_told_that_there_is_none()
    {
        ILeasedMembershipTable table = await OpenAsync();
        ClusterMismatchException error = await Assert.ThrowsAsync<ClusterMismatchException>(() => table.InitializeMembershipTable(false));
        Assert.Equal((Cluster, null), (error.Asked, error.Held));
        Assert.Contains($"'{Cluster}'", error.Message);
    }

    [Fact]
    public async Task A_row_is_read_as_it_was_written()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        MembershipEntry written = FullEntry();
        await InsertAsync(table, written);
        MembershipTableData one = await table.ReadRow(written.SiloAddress);
        MembershipTableData all = await table.ReadAll();
        AssertSame(written, Assert.Single(one.Members).Item1);
        AssertSame(written, Assert.Single(all.Members).Item1);
        Assert.Equal(one.Members[0].Item2, all.Members[0].Item2);
        Assert.Equal(1, one.Version.Version);
        Assert.Equal(one.Version, all.Version);
    }

    [Fact]
    public async Task A_row_with_the_least_in_it_is_read_as_it_was_written()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        MembershipEntry written = Entry(1);
        await InsertAsync(table, written);
        MembershipEntry read = (await table.ReadAll()).Members[0].Item1;
        AssertSame(written, read);
        Assert.Null(read.RoleName);
        Assert.Equal(DateTimeKind.Utc, read.StartTime.Kind);
        Assert.Equal(DateTimeKind.Utc, read.IAmAliveTime.Kind);
    }

    [Fact]
    public async Task A_silo_that_has_no_row_is_not_found()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1));
        MembershipTableData data = await table.ReadRow(Entry(2).SiloAddress);
        Assert.Empty(data.Members);
        Assert.Equal(1, data.Version.Version);
    }

    [Fact]
    public async Task A_silo_gets_one_row_only()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1));
        MembershipTableData before = await table.ReadAll();
        MembershipEntry again = Entry(1);
        again.HostName = "elsewhere";
        Assert.False(await table.InsertRow(again, before.Version.Next()));
        await AssertUnchangedAsync(table, before);
    }

    [Fact]
    public async Task A_table_that_has_moved_on_takes_no_new_row()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        TableVersion old = (await table.ReadAll()).Version;
        await InsertAsync(table, Entry(1, status: SiloStatus.Dead));
        MembershipTableData before = await table.ReadAll();
        Assert.False(await table.InsertRow(Entry(2), old.Next()));
        await AssertUnchangedAsync(table, before);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(2, null)]
    [InlineData(1, "")]
    [InlineData(1, "9223372036854775808")]
    [InlineData(1, "some text")]
    public async Task Only_the_version_that_follows_is_taken(int step, string? etag)
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1, status: SiloStatus.Dead));
        MembershipTableData before = await table.ReadAll();
        var next = new TableVersion(before.Version.Version + step, etag ?? before.Version.VersionEtag);
        Assert.False(await table.InsertRow(Entry(2), next));
        Assert.False(await table.UpdateRow(before.Members[0].Item1, before.Members[0].Item2, next));
        await AssertUnchangedAsync(table, before);
    }

    [Fact]
    public async Task An_update_replaces_the_row_and_moves_the_table_on()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1));
        MembershipTableData before = await table.ReadAll();
        MembershipEntry changed = FullEntry();
        changed.SiloAddress = Entry(1).SiloAddress;
        Assert.True(await table.UpdateRow(changed, before.Members[0].Item2, before.Version.Next()));
        MembershipTableData after = await table.ReadAll();
        AssertSame(changed, Assert.Single(after.Members).Item1);
        Assert.Equal(2, after.Version.Version);
        Assert.NotEqual(before.Version.VersionEtag, after.Version.VersionEtag);
        Assert.NotEqual(before.Members[0].Item2, after.Members[0].Item2);
    }

    [Fact]
    public async Task An_update_of_a_row_or_table_that_has_moved_on_changes_nothing()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1));
        MembershipTableData old = await table.ReadAll();
        Assert.True(await table.UpdateRow(Entry(1, status: SiloStatus.Active), old.Members[0].Item2, old.Version.Next()));
        MembershipTableData before = await table.ReadAll();
        MembershipEntry late = Entry(1, status: SiloStatus.Stopping);
        Assert.False(await table.UpdateRow(late, old.Members[0].Item2, before.Version.Next()));
        Assert.False(await table.UpdateRow(late, before.Members[0].Item2, old.Version.Next()));
        Assert.False(await table.UpdateRow(late, "", before.Version.Next()));
        Assert.False(await table.UpdateRow(Entry(2), before.Members[0].Item2, before.Version.Next()));
        await AssertUnchangedAsync(table, before);
    }

    [Fact]
    public async Task What_was_read_and_what_was_written_are_copies()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        MembershipEntry written = FullEntry();
        await InsertAsync(table, written);
        written.Status = SiloStatus.Dead;
        written.SuspectTimes!.Clear();
        MembershipEntry read = (await table.ReadAll()).Members[0].Item1;
        read.HostName = "changed";
        read.AddSuspector(read.SiloAddress, Start);
        AssertSame(FullEntry(), (await table.ReadAll()).Members[0].Item1);
    }

    [Fact]
    public async Task A_name_without_a_node_id_is_refused_with_a_sentence()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        MembershipEntry entry = Entry(1);
        entry.SiloName = "silo-1";
        TableVersion next = (await table.ReadAll()).Version.Next();
        FormatException error = await Assert.ThrowsAsync<FormatException>(() => table.InsertRow(entry, next));
        Assert.Contains("'silo-1'", error.Message);
        Assert.Contains("name@nodeId", error.Message);
        Assert.Empty((await table.ReadAll()).Members);
    }

    [Fact]
    public async Task To_be_alive_changes_neither_version_nor_etag()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1, status: SiloStatus.Active));
        MembershipTableData before = await table.ReadAll();
        await AgeLeasesAsync(TimeSpan.FromSeconds(5));
        await table.UpdateIAmAlive(new MembershipEntry { SiloAddress = Entry(1).SiloAddress, IAmAliveTime = Start });
        MembershipTableData after = await table.ReadAll();
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(before.Members[0].Item2, after.Members[0].Item2);
        AssertSame(before.Members[0].Item1, after.Members[0].Item1);
        Assert.True(await table.UpdateRow(Entry(1, status: SiloStatus.Stopping), before.Members[0].Item2, before.Version.Next()));
    }

    [Fact]
    public async Task To_be_alive_without_a_row_does_nothing()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await table.UpdateIAmAlive(Entry(1));
        Assert.Null(await table.RenewLeaseAsync(Entry(1).SiloAddress, CancellationToken.None));
        Assert.Empty((await table.ReadAll()).Members);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_leases_age_is_what_the_tables_clock_says(bool byOrleansCall)
    {
        ILeasedMembershipTable table = await InitializedAsync();
        SiloAddress silo = Entry(1).SiloAddress;
        MembershipEntry late = Entry(1, status: SiloStatus.Active);
        late.IAmAliveTime = Start.AddYears(-1); // whatever a silo's own clock says
        await InsertAsync(table, late);
        Assert.InRange(await AgeAsync(table, silo), TimeSpan.Zero, Limit);
        await AgeLeasesAsync(TimeSpan.FromHours(1));
        Assert.InRange(await AgeAsync(table, silo), TimeSpan.FromHours(1), TimeSpan.FromHours(1) + Limit);
        DateTime before = (await table.ReadAll()).Members[0].Item1.IAmAliveTime;
        if (byOrleansCall)
        {
            await table.UpdateIAmAlive(late);
        }
        else
        {
            Assert.Equal(new LeaseRenewal(1, SiloStatus.Active), await table.RenewLeaseAsync(silo, CancellationToken.None));
        }

        Assert.InRange(await AgeAsync(table, silo), TimeSpan.Zero, Limit);
        Assert.InRange((await table.ReadAll()).Members[0].Item1.IAmAliveTime - before, TimeSpan.FromHours(1), TimeSpan.FromHours(1) + Limit);
    }

    [Fact]
    public async Task A_change_of_the_row_renews_no_lease()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1, status: SiloStatus.Active));
        await AgeLeasesAsync(TimeSpan.FromHours(1));
        MembershipTableData data = await table.ReadAll();
        Assert.True(await table.UpdateRow(Entry(1, status: SiloStatus.ShuttingDown), data.Members[0].Item2, data.Version.Next()));
        Assert.InRange(await AgeAsync(table, Entry(1).SiloAddress), TimeSpan.FromHours(1), TimeSpan.FromHours(1) + Limit);
    }

    [Fact]
    public async Task A_dead_silo_is_told_so_and_its_lease_stays_as_it_is()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1, status: SiloStatus.Dead));
        await AgeLeasesAsync(TimeSpan.FromHours(1));
        Assert.Equal(new LeaseRenewal(1, SiloStatus.Dead), await table.RenewLeaseAsync(Entry(1).SiloAddress, CancellationToken.None));
        await table.UpdateIAmAlive(Entry(1));
        Assert.InRange(await AgeAsync(table, Entry(1).SiloAddress), TimeSpan.FromHours(1), TimeSpan.FromHours(1) + Limit);
    }

    [Fact]
    public async Task Only_dead_and_old_rows_are_cleaned_up_and_the_version_stays()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1, generation: 1, status: SiloStatus.Dead));
        await InsertAsync(table, Entry(1, generation: 2, status: SiloStatus.Active));
        await AgeLeasesAsync(TimeSpan.FromHours(2));
        await InsertDeadAsync(table, Entry(1, generation: 3));
        MembershipTableData before = await table.ReadAll();
        DateTime newest = before.Members.Max(static member => member.Item1.IAmAliveTime);
        await table.CleanupDefunctSiloEntries(new DateTimeOffset(newest) - TimeSpan.FromHours(1));
        MembershipTableData after = await table.ReadAll();
        Assert.Equal([2, 3], after.Members.Select(static member => member.Item1.SiloAddress.Generation).Order());
        Assert.Equal(before.Version, after.Version);
    }

    [Fact]
    public async Task A_cluster_is_deleted_with_all_its_rows()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1));
        await table.DeleteMembershipTableEntries(Cluster);
        await Assert.ThrowsAsync<ClusterMismatchException>(() => table.ReadAll());
        await Assert.ThrowsAsync<ClusterMismatchException>(() => table.ReadRow(Entry(1).SiloAddress));
        await Assert.ThrowsAsync<ClusterMismatchException>(() => table.RenewLeaseAsync(Entry(1).SiloAddress, CancellationToken.None));
        await table.InitializeMembershipTable(true);
        MembershipTableData data = await table.ReadAll();
        Assert.Empty(data.Members);
        Assert.Equal(0, data.Version.Version);
    }

    [Fact]
    public async Task What_was_read_before_a_deletion_writes_nothing_after_it()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        TableVersion empty = (await table.ReadAll()).Version;
        await InsertAsync(table, Entry(1, status: SiloStatus.Dead));
        MembershipTableData before = await table.ReadAll();
        await table.DeleteMembershipTableEntries(Cluster);
        await table.InitializeMembershipTable(true);
        Assert.NotEqual(empty, (await table.ReadAll()).Version);
        Assert.False(await table.InsertRow(Entry(1), empty.Next()));
        await InsertAsync(table, Entry(1, status: SiloStatus.Dead));
        MembershipTableData after = await table.ReadAll();
        Assert.NotEqual(before.Members[0].Item2, after.Members[0].Item2);
        Assert.False(await table.InsertRow(Entry(2), before.Version.Next()));
        Assert.False(await table.UpdateRow(Entry(1, status: SiloStatus.Active), before.Members[0].Item2, before.Version.Next()));
        Assert.False(await table.UpdateRow(Entry(1, status: SiloStatus.Active), before.Members[0].Item2, after.Version.Next()));
        Assert.False(await table.UpdateRow(Entry(1, status: SiloStatus.Active), after.Members[0].Item2, before.Version.Next()));
        await AssertUnchangedAsync(table, after);
        await InsertAsync(table, Entry(2));
    }

    [Fact]
    public async Task Another_cluster_is_not_deleted()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        await InsertAsync(table, Entry(1));
        ClusterMismatchException error = await Assert.ThrowsAsync<ClusterMismatchException>(() => table.DeleteMembershipTableEntries("orchid"));
        Assert.Equal(("orchid", Cluster), (error.Asked, error.Held));
        Assert.Single((await table.ReadAll()).Members);
    }

    [Fact]
    public async Task Who_watches_is_told_the_version_and_of_each_change()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        using var stop = new CancellationTokenSource(Limit);
        await using IAsyncEnumerator<int> versions = table.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await versions.MoveNextAsync());
        Assert.Equal(0, versions.Current);
        await InsertAsync(table, Entry(1));
        Assert.True(await versions.MoveNextAsync());
        Assert.Equal(1, versions.Current);
        ValueTask<bool> next = versions.MoveNextAsync();
        await table.UpdateIAmAlive(Entry(1)); // no change of the table
        MembershipTableData data = await table.ReadAll();
        Assert.True(await table.UpdateRow(Entry(1, status: SiloStatus.Active), data.Members[0].Item2, data.Version.Next()));
        Assert.True(await next);
        Assert.Equal(2, versions.Current);
    }

    [Fact]
    public async Task A_watch_ends_with_its_token()
    {
        ILeasedMembershipTable table = await InitializedAsync();
        using var stop = new CancellationTokenSource();
        await using IAsyncEnumerator<int> versions = table.WatchAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await versions.MoveNextAsync());
        Task<bool> next = versions.MoveNextAsync().AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(Limit));
    }

    /// <summary>A row with little in it.</summary>
    protected static MembershipEntry Entry(int node, int generation = 1, SiloStatus status = SiloStatus.Joining) => new()
    {
        SiloAddress = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11110 + node), generation),
        SiloName = new SiloNodeName(string.Create(CultureInfo.InvariantCulture, $"silo-{node}"), node).ToString(),
        HostName = "host",
        Status = status,
        StartTime = Start,
    };

    /// <summary>A row in which everything has a value.</summary>
    protected static MembershipEntry FullEntry()
    {
        var entry = new MembershipEntry
        {
            SiloAddress = SiloAddress.New(IPAddress.Parse("2001:db8::7"), 65535, 123_456_789),
            SiloName = "the 'dome' \"żółw\" @ home@7",
            HostName = "illusion.example; DROP TABLE silos",
            Status = SiloStatus.Active,
            ProxyPort = 30_000,
            RoleName = "all",
            UpdateZone = 3,
            FaultZone = int.MaxValue,
            StartTime = Start,
        };
        entry.AddSuspector(SiloAddress.New(IPAddress.Loopback, 1, 2), Start.AddMinutes(1));
        entry.AddSuspector(SiloAddress.New(IPAddress.IPv6Loopback, 3, 4), Start.AddMinutes(2));
        return entry;
    }

    /// <summary>A handle whose table is there.</summary>
    protected async Task<ILeasedMembershipTable> InitializedAsync()
    {
        ILeasedMembershipTable table = await OpenAsync();
        await table.InitializeMembershipTable(true);
        return table;
    }

    /// <summary>Adds a row to a table that nobody else changes.</summary>
    protected static async Task InsertAsync(IMembershipTable table, MembershipEntry entry) =>
        Assert.True(await table.InsertRow(entry, (await table.ReadAll()).Version.Next()), $"{entry} was not inserted.");

    /// <summary>All members but the time of the last sign of life, which the table's clock sets.</summary>
    protected static void AssertSame(MembershipEntry expected, MembershipEntry actual)
    {
        Assert.Equal(Members(expected), Members(actual));
        Assert.Equal(expected.SuspectTimes ?? [], actual.SuspectTimes ?? []);

        static object?[] Members(MembershipEntry entry) =>
        [
            entry.SiloAddress, entry.SiloName, entry.HostName, entry.Status, entry.ProxyPort, entry.RoleName, entry.UpdateZone, entry.FaultZone, entry.StartTime,
        ];
    }

    private static Task InsertDeadAsync(IMembershipTable table, MembershipEntry entry)
    {
        entry.Status = SiloStatus.Dead;
        return InsertAsync(table, entry);
    }

    private static async Task AssertUnchangedAsync(IMembershipTable table, MembershipTableData before)
    {
        MembershipTableData after = await table.ReadAll();
        Assert.Equal(before.Version, after.Version);
        Assert.Equal(before.Members.Count, after.Members.Count);
        foreach ((Tuple<MembershipEntry, string> expected, Tuple<MembershipEntry, string> actual) in before.Members.Zip(after.Members))
        {
            AssertSame(expected.Item1, actual.Item1);
            Assert.Equal(expected.Item2, actual.Item2);
        }
    }

    private static async Task<TimeSpan> AgeAsync(ILeasedMembershipTable table, SiloAddress silo) =>
        (await table.ReadLeasesAsync(CancellationToken.None)).LeaseAges[silo];
}
