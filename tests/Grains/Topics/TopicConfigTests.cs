using Actors.Grains.Topics;

namespace Actors.Grains.Tests.Topics;

public sealed class TopicConfigTests
{
    [Fact]
    public void Every_default_is_accepted_by_its_own_check() =>
        Assert.All(TopicConfigDefinition.All, definition => Assert.Null(definition.Refusal(definition.Default)));

    [Fact]
    public void Definitions_are_in_the_order_of_their_names()
    {
        var names = TopicConfigDefinition.All.Select(definition => definition.Name).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void Defaults_are_Kafkas()
    {
        var config = TopicConfig.Default;
        Assert.Equal(1_048_588, config.MaxMessageBytes);
        Assert.Equal(604_800_000, config.RetentionMs);
        Assert.Equal(-1, config.RetentionBytes);
        Assert.Equal(1, config.MinInSyncReplicas);
        Assert.Equal(1_073_741_824, config.SegmentBytes);
        Assert.Equal(3_600_000, config.TimestampAfterMaxMs);
        Assert.Equal(long.MaxValue, config.TimestampBeforeMaxMs);
        Assert.False(config.UsesLogAppendTime);
        Assert.True(config is { Deletes: true, Compacts: false });
    }

    [Fact]
    public void What_was_set_wins()
    {
        var config = TopicConfig.From(new Dictionary<string, string>
        {
            ["cleanup.policy"] = "compact, delete",
            ["message.timestamp.type"] = "LogAppendTime",
            ["max.message.bytes"] = "100",
            ["retention.ms"] = "-1",
            ["a.config.of.a.newer.version"] = "x",
        });
        Assert.True(config is { Deletes: true, Compacts: true, UsesLogAppendTime: true, MaxMessageBytes: 100, RetentionMs: -1 });
    }

    [Theory]
    [InlineData("retention.ms", "-2")]
    [InlineData("retention.ms", "ten")]
    [InlineData("retention.ms", "1.5")]
    [InlineData("retention.ms", "")]
    [InlineData("retention.ms", null)]
    [InlineData("retention.ms", "99999999999999999999")]
    [InlineData("max.message.bytes", "2147483648")]
    [InlineData("cleanup.policy", "delete,burn")]
    [InlineData("cleanup.policy", "")]
    [InlineData("compression.type", "gzip")]
    [InlineData("message.timestamp.type", "logappendtime")]
    [InlineData("min.insync.replicas", "0")]
    [InlineData("min.cleanable.dirty.ratio", "1.1")]
    [InlineData("preallocate", "yes")]
    [InlineData("no.such.config", "1")]
    public void Refused_with_a_sentence_that_names_the_config(string name, string? value)
    {
        var refusal = TopicConfig.Refusal([new(name, value)]);
        Assert.NotNull(refusal);
        Assert.Contains(name, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_does_not_repeat_a_megabyte_of_value() =>
        Assert.True(TopicConfig.Refusal([new("retention.ms", new string('9', 1 << 20))])!.Length < 300);

    [Fact]
    public void A_stored_value_that_cannot_be_read_is_named()
    {
        var failure = Assert.Throws<InvalidTopicConfigException>(() => TopicConfig.From(new Dictionary<string, string> { ["segment.bytes"] = "?" }));
        Assert.Equal("segment.bytes", failure.Name);
    }
}
