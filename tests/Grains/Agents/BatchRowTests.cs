using System.Text;
using Actors.Grains.Agents;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Grains.Tests.Agents;

public sealed class BatchRowTests
{
    private static readonly Guid Agent = new("00000000-0000-4000-8000-00000000000a");

    [Fact]
    public void A_connection_has_its_earliest_beginning_and_its_latest_end()
    {
        var merged = Row(from: 20).MergeWith(Row(from: 10)).MergeWith(Row(to: 50, code: 1, reason: "late")).MergeWith(Row(to: 40, code: 2, reason: "early"));
        Assert.Equal((10, 50, 1, "late"), (merged.ConnectedAtUtcMs, merged.DisconnectedAtUtcMs, merged.Code, merged.Reason));
    }

    [Fact]
    public void No_code_is_not_zero()
    {
        Assert.Null(Row(from: 1).MergeWith(Row(to: 2)).Code);
        Assert.Equal(0, Row(from: 1).MergeWith(Row(to: 2, code: 0)).Code);
        Assert.Null(Row(to: 3).MergeWith(Row(to: 2, code: 0)).Code);
    }

    [Fact]
    public void The_order_of_reports_makes_no_difference() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1_000),
        Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 20))), seeds =>
        {
            var rows = seeds.Append(1).Select(seed => Row(
                seed % 3 == 0 ? null : seed / 3 % 4, seed / 12 % 3 == 0 ? null : seed / 36 % 4, seed / 144 % 3 == 0 ? null : seed / 432 % 3,
                seed / 1_296 % 3 == 0 ? null : $"{seed / 3_888 % 3}")).ToArray();
            var forward = rows.Aggregate((one, other) => one.MergeWith(other));
            var backward = rows.Reverse().Aggregate((one, other) => other.MergeWith(one));
            var half = rows.Length / 2;
            var halves = half == 0 ? forward : rows[half..].Aggregate((one, other) => one.MergeWith(other)).MergeWith(rows[..half].Aggregate((one, other) => one.MergeWith(other)));
            Assert.Equal(forward, backward);
            Assert.Equal(forward, halves);
            Assert.Equal(forward, forward.MergeWith(rows[0]));
        }));

    [Fact]
    public void Of_heartbeats_the_later_connection_counts_and_then_the_later_time()
    {
        var row = new HeartbeatRow(Agent, 2, 10);
        Assert.Equal(row, row.MergeWith(new HeartbeatRow(Agent, 1, 99)));
        Assert.Equal(row, new HeartbeatRow(Agent, 1, 99).MergeWith(row));
        Assert.Equal(11, row.MergeWith(new HeartbeatRow(Agent, 2, 11)).AtUtcMs);
        Assert.Equal(10, row.MergeWith(new HeartbeatRow(Agent, 2, 9)).AtUtcMs);
    }

    [Fact]
    public void The_end_of_an_agents_connection_is_never_before_its_last_sign_of_life()
    {
        var ended = AgentRow.Disconnected(Agent, 2, 90);
        var alive = AgentRow.Connected(Agent, 2, 100);
        Assert.Equal((100, 100), (ended.MergeWith(alive).LastConnectedAtUtcMs, ended.MergeWith(alive).DisconnectedAtUtcMs));
        Assert.Equal(ended.MergeWith(alive), alive.MergeWith(ended));
        Assert.Null(ended.MergeWith(AgentRow.Connected(Agent, 3, 80)).DisconnectedAtUtcMs);
    }

    [Theory]
    [InlineData("a", 2_048)]
    [InlineData("é", 2_048)]
    [InlineData("€", 2_046)]
    [InlineData("😀", 2_048)]
    [InlineData("a😀", 2_046)]
    public void A_long_value_is_cut_between_characters_and_says_so(string piece, int keptBytes)
    {
        var row = MetadataRow.Create(Agent, "load", string.Concat(Enumerable.Repeat(piece, 3_000)), null, 1);
        Assert.InRange(Encoding.UTF8.GetByteCount(row.Value), keptBytes - 1, keptBytes);
        Assert.DoesNotContain('\uFFFD', row.Value);
        Assert.False(char.IsHighSurrogate(row.Value[^1]));
        Assert.Equal(MetadataRow.ValueTooLong, row.Error);
    }

    [Fact]
    public void A_value_that_fits_is_kept_whole_and_an_error_of_the_agents_own_stays()
    {
        var row = MetadataRow.Create(Agent, "load", new string('a', MetadataRow.MaxTextBytes), null, 1);
        Assert.Equal((MetadataRow.MaxTextBytes, ""), (row.Value.Length, row.Error));
        Assert.Equal("no access", MetadataRow.Create(Agent, "load", new string('a', 3_000), "no access", 1).Error);
        Assert.Equal(MetadataRow.MaxTextBytes, MetadataRow.Create(Agent, "load", null, new string('a', 3_000), 1).Error.Length);
    }

    [Fact]
    public void Of_values_the_newest_counts()
    {
        var older = MetadataRow.Create(Agent, "load", "1", null, 1);
        var newer = MetadataRow.Create(Agent, "load", "2", null, 2);
        Assert.Equal(newer, older.MergeWith(newer));
        Assert.Equal(newer, newer.MergeWith(older));
    }

    private static ConnectionRow Row(long? from = null, long? to = null, int? code = null, string? reason = null) => new()
    {
        Key = new ConnectionKey(Agent, Agent, 0),
        Type = "ssh",
        ConnectedAtUtcMs = from,
        DisconnectedAtUtcMs = to,
        Code = to is null ? null : code,
        Reason = to is null ? null : reason,
    };
}
