using Actors.Grains.Groups;
using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Grains.Topics;
using Actors.Grains.Work;
using Orleans;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Grains.Tests.Topics;

/// <summary>Who wakes the controller is not held up by deletions that take long, and neither is who wants something else of it.</summary>
public sealed class ControllerWakeTests
{
    private static readonly NewTopic Deleted = new()
    {
        Id = Guid.Parse("0a1b2c3d-0000-4000-8000-00000000dead"),
        Name = "t",
        Configs = new Dictionary<string, string>(),
        Placement = [[1]],
    };

    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _deletes;
    private int _running;
    private int _mostAtOnce;
    private int _forgets;

    [Fact]
    public async Task A_wake_does_not_wait_for_a_deletion_and_neither_do_topics_of_other_names()
    {
        await using var silo = await StartAsync();

        await silo.SweepAsync();
        await UntilAskedAsync();
        Assert.Equal(0, (await silo.CreateAsync("other")).ErrorCode);
        var same = silo.CreateAsync("t");
        Assert.False(same.IsCompleted);

        _answer.SetResult();
        Assert.Equal(0, (await same).ErrorCode);
        await silo.NothingDeletedAsync();
    }

    [Fact]
    public async Task Attempts_to_finish_deletions_never_run_at_once()
    {
        await using var silo = await StartAsync();
        await silo.CreateAsync("u");

        await silo.SweepAsync();
        await UntilAskedAsync();
        await silo.SweepAsync();
        var deletion = silo.DeleteAsync("u");
        await TestGuard.UntilAsync(async () => (await silo.Store.LoadDeletionsAsync(default)).Count == 2, "the store knows of both deletions");
        Assert.Equal(1, Volatile.Read(ref _deletes));

        _answer.SetResult();
        Assert.Equal(0, (await deletion).ErrorCode);
        Assert.Equal(1, _mostAtOnce);
        Assert.Empty(await silo.Store.LoadDeletionsAsync(default));
    }

    [Fact]
    public async Task A_controller_that_ends_begins_no_further_step_of_a_deletion_and_waits_for_the_one_under_way()
    {
        await using var silo = await StartAsync();
        await silo.SweepAsync();
        await UntilAskedAsync();

        var hold = silo.OnCall;
        silo.OnCall = context =>
        {
            if (context.Grain is ControllerGrain controller && context.MethodName == nameof(ControllerGrain.DeleteTopics))
                controller.DeactivateOnIdle();
            return hold!(context);
        };
        Assert.Equal((short)ErrorCode.UnknownTopicOrPartition, (await silo.DeleteAsync("nothing")).ErrorCode);
        var later = silo.CreateAsync("other");
        Assert.False(later.IsCompleted);

        _answer.SetResult();
        Assert.Equal(0, (await later).ErrorCode);
        Assert.Equal(0, Volatile.Read(ref _forgets));
        Assert.Single(await silo.Store.LoadDeletionsAsync(default));

        await silo.SweepAsync();
        await silo.NothingDeletedAsync();
    }

    [Fact]
    public async Task A_node_that_has_let_go_of_a_deleted_topic_keeps_what_groups_commit_to_the_next_one_of_its_name()
    {
        _answer.SetResult();
        await using var silo = await StartAsync(Deleted with { Placement = [[1], [2]] }); // node 2 is away, and stays away
        await TestGuard.UntilAsync(() => Volatile.Read(ref _forgets) == 1, "the offsets of the deleted topic are forgotten");
        await silo.SweepAsync();
        Assert.Equal((short)ErrorCode.TopicAlreadyExists, (await silo.CreateAsync("t")).ErrorCode);
        silo.Time.Pass((long)TimeSpan.FromMinutes(5).TotalMilliseconds);

        Assert.Equal(0, (await silo.CreateAsync("t")).ErrorCode);
        await silo.SweepAsync();
        Assert.Equal(0, (await silo.DeleteAsync("t")).ErrorCode); // waits for the attempt that the sweep has begun

        // Once more for the second topic, and never again for the first one.
        Assert.Equal(2, Volatile.Read(ref _forgets));
        Assert.Equal([Deleted.Id], (await silo.Store.LoadDeletionsAsync(default)).Select(static topic => topic.Id));
    }

    private async Task<TopicSilo> StartAsync(NewTopic? topic = null)
    {
        topic ??= Deleted;
        var silo = await TopicSilo.StartAsync(
            async store =>
            {
                await store.CreateTopicsAsync([topic], default);
                await store.DeleteTopicsAsync([topic.Id], default);
            },
            HoldAsync);

        // From here on nobody wakes the controller but the test: the silo's own sweep is done, and its next one does not come in virtual time.
        await TestGuard.UntilAsync(() => silo.Get<Sweeper>().IsPausing, "the sweeper waits");
        return silo;
    }

    /// <summary>Counts what the controller asks of the node, and keeps it waiting.</summary>
    private async Task HoldAsync(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod.DeclaringType == typeof(IGroupHostGrain))
            Interlocked.Increment(ref _forgets);
        if (context.InterfaceMethod.DeclaringType != typeof(IPartitionHostGrain) || context.MethodName != nameof(IPartitionHostGrain.Delete))
            return;
        Interlocked.Increment(ref _deletes);
        _mostAtOnce = Math.Max(_mostAtOnce, Interlocked.Increment(ref _running));
        await _answer.Task;
        Interlocked.Decrement(ref _running);
    }

    private Task UntilAskedAsync() => TestGuard.UntilAsync(() => Volatile.Read(ref _deletes) > 0, "the node is asked to delete the topic");
}
