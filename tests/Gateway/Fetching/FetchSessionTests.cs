using Actors.Gateway.Kafka;
using Actors.Kafka;

namespace Actors.Gateway.Tests.Fetching;

/// <summary>What a session's client is told, and what it knows already (KIP-227).</summary>
public sealed class FetchSessionTests
{
    private readonly FetchSession _session = new(1, usesTopicIds: false);
    private readonly FetchTarget _target = new(new FetchKey("t", Guid.Empty, 0));

    [Fact]
    public void What_has_moved_is_told_once()
    {
        Assert.True(Tells(new FetchPartition { HighWatermark = 5, LogStartOffset = 0 }));
        Assert.False(Tells(new FetchPartition { HighWatermark = 5, LogStartOffset = 0 }));
        Assert.True(Tells(new FetchPartition { HighWatermark = 6, LogStartOffset = 0 }));
        Assert.False(Tells(new FetchPartition { HighWatermark = 6, LogStartOffset = 0 }));
        Assert.True(Tells(new FetchPartition { HighWatermark = 6, LogStartOffset = 2 }));
        Assert.False(Tells(new FetchPartition { HighWatermark = 6, LogStartOffset = 2 }));
        Assert.True(Tells(new FetchPartition { HighWatermark = 6, LogStartOffset = 2, RecordsBytes = 1 }));
    }

    [Fact]
    public void Whatever_needs_an_answer_of_the_client_is_told_every_time_and_its_end_once()
    {
        var well = new FetchPartition { HighWatermark = 5, LogStartOffset = 0 };
        foreach (var special in new[] { well with { ErrorCode = ErrorCode.OffsetOutOfRange }, well with { DivergingEpoch = 0, DivergingEndOffset = 3 } })
        {
            Tells(well);
            Assert.True(Tells(special));
            Assert.True(Tells(special));
            Assert.True(Tells(well));
            Assert.False(Tells(well));
        }
    }

    private bool Tells(in FetchPartition answer) => _session.MustTell(_target, answer);
}
