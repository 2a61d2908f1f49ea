using Actors.Gateway.Kafka;
using Actors.Grains;
using Actors.Grains.Tests.Support;
using Actors.Kafka;

namespace Actors.Gateway.Tests.Fetching;

/// <summary>So many sessions and partitions, and a place only for those whose place nobody uses (KIP-227).</summary>
public sealed class FetchSessionCacheTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public void A_full_cache_makes_place_only_of_a_session_that_nobody_has_used_for_long()
    {
        var cache = Make(sessions: 2);
        var first = cache.TryCreate(Targets(1), usesTopicIds: false)!;
        var second = cache.TryCreate(Targets(1), usesTopicIds: false)!;
        _time.Pass(119_999);
        Assert.Null(cache.TryCreate(Targets(1), usesTopicIds: false));

        // The older one is used, so the other one is the one that goes.
        Assert.Equal(ErrorCode.None, Continue(cache, first.Id, 1));
        _time.Pass(1);
        var third = cache.TryCreate(Targets(1), usesTopicIds: false);

        Assert.NotNull(third);
        Assert.Equal((2, 2), (cache.Count, cache.PartitionCount));
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, Continue(cache, second.Id, 1));
        Assert.Equal(ErrorCode.None, Continue(cache, first.Id, 2));
        Assert.Null(cache.TryCreate(Targets(1), usesTopicIds: false));
    }

    [Fact]
    public void Partitions_are_limited_over_all_sessions()
    {
        var cache = Make(partitions: 10);
        var first = cache.TryCreate(Targets(6), usesTopicIds: false)!;
        Assert.Null(cache.TryCreate(Targets(5), usesTopicIds: false));
        var second = cache.TryCreate(Targets(4), usesTopicIds: false)!;
        Assert.Equal((2, 10), (cache.Count, cache.PartitionCount));

        // One that grows beyond the limit loses its session and is served all the same.
        var error = cache.TryContinue(second.Id, 1, usesTopicIds: false, Targets(5), [], out var session, out var targets);
        Assert.Equal((ErrorCode.None, 5), (error, targets.Count));
        Assert.Null(session);
        Assert.Equal((1, 6), (cache.Count, cache.PartitionCount));
        cache.Remove(first.Id);
        Assert.Equal((0, 0), (cache.Count, cache.PartitionCount));
    }

    [Fact]
    public void A_session_has_so_many_partitions_at_most_and_a_client_with_more_names_them_each_time()
    {
        var cache = Make(partitionsEach: 3);
        Assert.Null(cache.TryCreate(Targets(4), usesTopicIds: false));
        var session = cache.TryCreate(Targets(3), usesTopicIds: false)!;
        Assert.Equal(ErrorCode.None, Continue(cache, session.Id, 1));

        var error = cache.TryContinue(session.Id, 2, usesTopicIds: false, Targets(4), [], out var grown, out var targets);

        Assert.Equal((ErrorCode.None, 4), (error, targets.Count));
        Assert.Null(grown);
        Assert.Equal((0, 0), (cache.Count, cache.PartitionCount));
    }

    [Fact]
    public void Names_that_no_topic_can_have_are_answered_and_not_remembered()
    {
        var cache = Make();
        FetchTarget longest = new(new FetchKey(new string('t', 249), Guid.Empty, 0));
        FetchTarget tooLong = new(new FetchKey(new string('t', 250), Guid.Empty, 0));
        Assert.Null(cache.TryCreate([longest, tooLong], usesTopicIds: false));
        var session = cache.TryCreate([longest], usesTopicIds: false)!;

        var error = cache.TryContinue(session.Id, 1, usesTopicIds: false, [tooLong], [], out var grown, out var targets);

        Assert.Equal((ErrorCode.None, 2), (error, targets.Count));
        Assert.Null(grown);
        Assert.Equal((0, 0), (cache.Count, cache.PartitionCount));
    }

    [Fact]
    public void Forgotten_partitions_make_room_and_a_session_without_any_ends()
    {
        var cache = Make();
        var session = cache.TryCreate(Targets(3), usesTopicIds: false)!;

        Assert.Equal(ErrorCode.None, cache.TryContinue(session.Id, 1, false, [], [.. Targets(3).Take(2).Select(target => target.Key)], out _, out var left));
        Assert.Equal([2], left.Select(target => target.Key.Partition));
        Assert.Equal(1, cache.PartitionCount);
        Assert.Equal(ErrorCode.None, cache.TryContinue(session.Id, 2, false, [], [Targets(3)[2].Key], out var ended, out left));

        Assert.Null(ended);
        Assert.Empty(left);
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Requests_that_do_not_continue_the_session_change_nothing()
    {
        var cache = Make();
        var session = cache.TryCreate(Targets(1), usesTopicIds: true)!;

        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, Continue(cache, session.Id, 2, usesTopicIds: true));
        Assert.Equal(ErrorCode.FetchSessionTopicIdError, Continue(cache, session.Id, 1));
        Assert.Equal(ErrorCode.FetchSessionIdNotFound, Continue(cache, session.Id == 7 ? 8 : 7, 1));
        Assert.Equal(1, session.Epoch);
        Assert.Equal(ErrorCode.None, Continue(cache, session.Id, 1, usesTopicIds: true));
        Assert.Equal(2, session.Epoch);
    }

    [Fact]
    public void The_epoch_goes_on_at_one_after_the_largest_number()
    {
        var session = new FetchSession(1, usesTopicIds: false, epoch: int.MaxValue);

        session.Advance();

        Assert.Equal(1, session.Epoch);
    }

    [Fact]
    public void Ids_are_positive_and_never_the_id_of_another_session()
    {
        // A source that gives 0, 5, 5, 5, 6: 0 means "no session", and 5 is taken the second time.
        var given = new Queue<int>([0, 5, 5, 5, 6]);
        var cache = Make(ids: new IdSource(bytes => BitConverter.TryWriteBytes(bytes, given.Dequeue())));

        Assert.Equal(5, cache.TryCreate(Targets(1), usesTopicIds: false)!.Id);
        Assert.Equal(6, cache.TryCreate(Targets(1), usesTopicIds: false)!.Id);
    }

    [Fact]
    public void Partitions_that_gave_records_go_to_the_end()
    {
        var cache = Make();
        var session = cache.TryCreate(Targets(3), usesTopicIds: false)!;

        session.MoveToEnd(session.Targets.First());

        Assert.Equal([1, 2, 0], session.Targets.Select(target => target.Key.Partition));
    }

    private FetchSessionCache Make(int sessions = 100, int partitions = 1_000, int partitionsEach = 1_000, IdSource? ids = null)
    {
        var random = new Random(4);
        return new FetchSessionCache(
            new KafkaGatewayOptions
            {
                MaxFetchSessions = sessions,
                MaxFetchSessionPartitions = partitions,
                MaxPartitionsPerFetchSession = partitionsEach,
                FetchSessionEvictionAge = TimeSpan.FromMinutes(2),
            },
            ids ?? new IdSource(random.NextBytes),
            _time);
    }

    private static List<FetchTarget> Targets(int count) =>
        [.. Enumerable.Range(0, count).Select(partition => new FetchTarget(new FetchKey("t", Guid.Empty, partition)))];

    private static ErrorCode Continue(FetchSessionCache cache, int id, int epoch, bool usesTopicIds = false) =>
        cache.TryContinue(id, epoch, usesTopicIds, [], [], out _, out _);
}
