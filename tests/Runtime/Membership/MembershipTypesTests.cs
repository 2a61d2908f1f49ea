using System.Net;
using Actors.Membership;
using Actors.Runtime.Serialization;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Membership;

/// <summary>The types of the membership table themselves.</summary>
public sealed class MembershipTypesTests
{
    private static readonly DateTime Noon = new(2026, 7, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("silo-2@2", "silo-2", 2)]
    [InlineData("a@b@0", "a@b", 0)]
    [InlineData("x@2147483647", "x", int.MaxValue)]
    public void A_silos_name_carries_its_node(string text, string name, int nodeId)
    {
        var parsed = SiloNodeName.Parse(text);
        Assert.Equal(new SiloNodeName(name, nodeId), parsed);
        Assert.Equal(text, parsed.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("silo-2")]
    [InlineData("@2")]
    [InlineData("silo@")]
    [InlineData("silo@-1")]
    [InlineData("silo@ 2")]
    [InlineData("silo@2147483648")]
    public void A_name_without_a_node_is_none(string? text)
    {
        Assert.False(SiloNodeName.TryParse(text, out _));
        Assert.Contains($"'{text}' does not name a silo and its node: expected name@nodeId", Assert.Throws<FormatException>(() => SiloNodeName.Parse(text)).Message);
    }

    [Fact]
    public void A_silos_vote_is_renewed_and_the_oldest_makes_room()
    {
        var entry = new MembershipEntry();
        foreach ((int silo, int minute) in ((int, int)[])[(1, 5), (2, 3), (3, 4), (1, 6), (4, 7)])
        {
            entry.AddOrUpdateSuspector(Silo(silo), Noon.AddMinutes(minute), maxVotes: 3);
        }

        Assert.Equal([(1, 6), (4, 7), (3, 4)], entry.SuspectTimes!.Select(static vote => (vote.Item1.Generation, vote.Item2.Minute)));
        entry.AddSuspector(Silo(9), Noon);
        Assert.Equal(4, entry.SuspectTimes!.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => entry.AddOrUpdateSuspector(Silo(1), Noon, 0));
    }

    [Fact]
    public void Rows_are_sorted_by_name_with_the_dead_last()
    {
        var data = new MembershipTableData([Row("b", 1), Row("a", 2, SiloStatus.Dead), Row("c", 3, SiloStatus.Dead), Row("a", 4)], new TableVersion(7, "x"));
        Assert.Equal([4, 1, 2, 3], data.Members.Select(static member => member.Item1.SiloAddress.Generation));
        Assert.Same(data.Members[1], data.TryGet(Silo(1)));
        Assert.Null(data.TryGet(Silo(9)));
        Assert.Contains("2 Joining, 2 Dead", data.ToString());
    }

    [Fact]
    public void Of_the_dead_at_an_endpoint_the_last_is_kept()
    {
        Tuple<MembershipEntry, string> elsewhere = Row("d", 1, SiloStatus.Dead);
        elsewhere.Item1.SiloAddress = SiloAddress.New(IPAddress.Loopback, 2, 1);
        var data = new MembershipTableData(
            [Row("a", 1, SiloStatus.Dead), Row("a", 3, SiloStatus.Dead), Row("a", 2, SiloStatus.Dead), Row("a", 4), elsewhere], new TableVersion(7, "x"));
        MembershipTableData last = data.WithoutDuplicateDeads();
        Assert.Equal([(1, 4), (1, 3), (2, 1)], last.Members.Select(static member => (member.Item1.SiloAddress.Endpoint.Port, member.Item1.SiloAddress.Generation)));
        Assert.Same(data.Version, last.Version);
        Assert.Equal(5, data.Members.Count);
    }

    [Fact]
    public void A_version_is_its_number_and_its_etag()
    {
        var version = new TableVersion(3, "x");
        Assert.Equal(new TableVersion(4, "x"), version.Next());
        Assert.True(version == new TableVersion(3, "x"));
        Assert.True(version != new TableVersion(3, "y"));
        Assert.False(version == null);
        Assert.Equal("<3, x>", $"{version}");
    }

    [Fact]
    public void A_row_crosses_the_wire()
    {
        var entry = new MembershipEntry { SiloAddress = Silo(1), Status = SiloStatus.Active, SiloName = "a@1", StartTime = Noon };
        entry.AddSuspector(Silo(2), Noon);
        var wire = new WireSerializer(new WireContext(CodecRegistry.Of([typeof(MembershipEntry).Assembly])));
        MembershipEntry read = wire.Deserialize<MembershipEntry>(wire.SerializeToArray(entry))!;
        Assert.Equal(entry.ToFullString(), read.ToFullString());
        Assert.Equal(entry.SuspectTimes, read.SuspectTimes);
    }

    private static SiloAddress Silo(int generation) => SiloAddress.New(IPAddress.Loopback, 1, generation);

    private static Tuple<MembershipEntry, string> Row(string name, int generation, SiloStatus status = SiloStatus.Joining) =>
        Tuple.Create(new MembershipEntry { SiloAddress = Silo(generation), SiloName = name, Status = status }, "etag");
}
