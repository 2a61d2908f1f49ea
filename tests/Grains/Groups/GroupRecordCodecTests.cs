using Actors.Grains.Groups;
using static Actors.Grains.Tests.Groups.GroupBench;

namespace Actors.Grains.Tests.Groups;

/// <summary>The bytes of <c>__consumer_offsets</c> are Kafka's, frozen here.</summary>
public sealed class GroupRecordCodecTests
{
    private static readonly GroupMetadata Generation = new()
    {
        ProtocolType = "consumer",
        Generation = 3,
        Protocol = "range",
        Leader = "m",
        StateTimestampMs = 5,
        Members =
        [
            new GroupMemberMetadata
            {
                MemberId = "m",
                GroupInstanceId = "i",
                ClientId = "c",
                ClientHost = "/h",
                RebalanceTimeoutMs = 6,
                SessionTimeoutMs = 7,
                Subscription = Bytes("s"),
                Assignment = Bytes("a"),
            },
        ],
    };

    [Fact]
    public void An_offset_has_these_bytes()
    {
        var entry = GroupRecordCodec.Encode(new GroupOffsetRecord("g", new("t", 2), new CommittedOffset
        {
            Offset = 258,
            LeaderEpoch = 4,
            Metadata = "n",
            CommitTimestampMs = 9,
        }));
        Assert.Equal("0001" + "000167" + "000174" + "00000002", Convert.ToHexString(entry.Key.Span));
        Assert.Equal("0003" + "0000000000000102" + "00000004" + "00016E" + "0000000000000009", Convert.ToHexString(entry.Value!.Value.Span));
    }

    [Fact]
    public void An_offset_with_a_retention_of_its_own_has_these_bytes()
    {
        var entry = GroupRecordCodec.Encode(new GroupOffsetRecord("g", new("t", 2), new CommittedOffset
        {
            Offset = 1,
            LeaderEpoch = 4,
            CommitTimestampMs = 9,
            ExpireTimestampMs = 10,
        }));
        Assert.Equal("0001" + "0000000000000001" + "0000" + "0000000000000009" + "000000000000000A", Convert.ToHexString(entry.Value!.Value.Span));
    }

    [Fact]
    public void A_generation_has_these_bytes()
    {
        var entry = GroupRecordCodec.Encode(new GroupMetadataRecord("g", Generation));
        Assert.Equal("0002" + "000167", Convert.ToHexString(entry.Key.Span));
        Assert.Equal(
            "0003" + "0008" + Convert.ToHexString("consumer"u8) + "00000003" + "0005" + Convert.ToHexString("range"u8) + "00016D"
            + "0000000000000005" + "00000001" + "00016D" + "000169" + "000163" + "00022F68" + "00000006" + "00000007"
            + "0000000173" + "0000000161",
            Convert.ToHexString(entry.Value!.Value.Span));
    }

    [Fact]
    public void Every_record_is_read_as_it_was_written()
    {
        var offset = new GroupOffsetRecord("g", new("t", 2), new CommittedOffset { Offset = 9, LeaderEpoch = 1, Metadata = "x", CommitTimestampMs = 3 });
        Assert.Equal(GroupRecordKind.Known, GroupRecordCodec.TryDecode(GroupRecordCodec.Encode(offset), out var read));
        Assert.Equal(offset, read);
        var expiring = offset with { Offset = offset.Offset! with { LeaderEpoch = -1, ExpireTimestampMs = 77 } };
        Assert.Equal(GroupRecordKind.Known, GroupRecordCodec.TryDecode(GroupRecordCodec.Encode(expiring), out read));
        Assert.Equal(expiring, read);
        foreach (var tombstone in new GroupRecord[] { offset with { Offset = null }, new GroupMetadataRecord("g", null) })
        {
            var entry = GroupRecordCodec.Encode(tombstone);
            Assert.Null(entry.Value);
            Assert.Equal(GroupRecordKind.Known, GroupRecordCodec.TryDecode(entry, out read));
            Assert.Equal(tombstone, read);
        }

        Assert.Equal(GroupRecordKind.Known, GroupRecordCodec.TryDecode(GroupRecordCodec.Encode(new GroupMetadataRecord("g", Generation)), out read));
        var metadata = Assert.IsType<GroupMetadataRecord>(read).Metadata!;
        Assert.Equal(("consumer", 3, "range", "m", 5), (metadata.ProtocolType, metadata.Generation, metadata.Protocol, metadata.Leader, metadata.StateTimestampMs));
        var member = Assert.Single(metadata.Members);
        Assert.Equal(("m", "i", "c", "/h", 6, 7), (member.MemberId, member.GroupInstanceId, member.ClientId, member.ClientHost, member.RebalanceTimeoutMs, member.SessionTimeoutMs));
        Assert.Equal(("s", "a"), (Text(member.Subscription), Text(member.Assignment)));
    }

    [Fact]
    public void Records_of_old_brokers_are_read()
    {
        // Key version 0 and value version 0, as before Kafka 0.9.
        var entry = new GroupLogEntry(
            Convert.FromHexString("0000" + "000167" + "000174" + "00000000"),
            Convert.FromHexString("0000" + "0000000000000007" + "0000" + "0000000000000001"));
        Assert.Equal(GroupRecordKind.Known, GroupRecordCodec.TryDecode(entry, out var read));
        Assert.Equal(7, Assert.IsType<GroupOffsetRecord>(read).Offset!.Offset);
    }

    [Theory]
    [InlineData("", GroupRecordKind.Malformed)]
    [InlineData("00", GroupRecordKind.Malformed)]
    [InlineData("0001000967", GroupRecordKind.Malformed)]
    [InlineData("0002", GroupRecordKind.Malformed)]
    [InlineData("FFFF", GroupRecordKind.Foreign)]
    [InlineData("0003000167", GroupRecordKind.Foreign)]
    [InlineData("0008000167", GroupRecordKind.Foreign)]
    public void What_is_not_ours_is_told_from_what_is_broken(string key, GroupRecordKind kind)
    {
        Assert.Equal(kind, GroupRecordCodec.TryDecode(new GroupLogEntry(Convert.FromHexString(key), null), out var record));
        Assert.Null(record);
    }

    [Fact]
    public void A_value_cut_anywhere_is_malformed()
    {
        var entry = GroupRecordCodec.Encode(new GroupMetadataRecord("g", Generation));
        for (var length = 0; length < entry.Value!.Value.Length; length++)
            Assert.Equal(GroupRecordKind.Malformed, GroupRecordCodec.TryDecode(entry with { Value = entry.Value.Value[..length] }, out _));
    }
}
