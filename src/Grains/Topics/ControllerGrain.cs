using Actors.Grains.Partitions;
using Actors.Grains.Work;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using ErrorCode = Actors.Kafka.ErrorCode;

namespace Actors.Grains.Topics;

/// <summary>
/// Creates and deletes topics: the planner decides, the store remembers, the nodes make or delete their logs and tell their
/// catalogs, and then the answer leaves. One command at a time; what is left of deletions is ended beside them.
/// </summary>
/// <remarks>
/// It may have come from another node, and it decides with the catalog of the silo that it is on; so the store is read before
/// the first decision, and again when the store fails and the outcome is unknown.
/// </remarks>
[GrainType("controller"), KeepAlive]
public sealed partial class ControllerGrain(
    ITopicStore store,
    TopicCatalog catalog,
    CatalogFollower follower,
    TopicPlanner planner,
    IClusterNodes nodes,
    TimeProvider time,
    TopicMetrics metrics,
    ILogger<ControllerGrain> logger) : Grain, IControllerGrain, IWakeable
{
    private bool _catalogIsDoubtful = true;

    /// <summary>The only one.</summary>
    public static GrainId Id { get; } = GrainId.Create("controller", IControllerGrain.Key);

    public async Task<CreateTopicsAnswer> CreateTopics(CreateTopicsCommand command)
    {
        if (await SettleDoubts() is { } outage)
            return new CreateTopicsAnswer { Topics = [.. command.Topics.Select(wish => Outage(wish.Name, outage))] };

        var nodeIds = nodes.Current.Live.Select(node => node.Id).ToList();
        if (command.Topics.Any(wish => _deleted.Exists(topic => topic.Name == wish.Name)))
            await TryFinishDeletions();

        var plans = planner.Decide(command, catalog.Current, nodeIds).Select(RefuseNameInUse).ToList();
        var topics = plans.Where(plan => plan.Topic is not null).Select(plan => plan.Topic!).ToList();
        if (command.ValidateOnly || topics.Count == 0)
            return new CreateTopicsAnswer { Topics = [.. plans.Select(plan => AnswerOf(plan) with { TopicId = Guid.Empty })] };

        IReadOnlyList<StoredTopic?> stored;
        try
        {
            var since = time.GetTimestamp();
            stored = await store.CreateTopicsAsync(topics, CancellationToken.None);
            metrics.Proposed(time.GetElapsedTime(since));
            await Apply(stored, since);
        }
        catch (TopicStoreException failure)
        {
            Doubt("create topics", failure);
            return new CreateTopicsAnswer { Topics = [.. plans.Select(plan => plan.Topic is null ? AnswerOf(plan) : Outage(plan.Wish.Name, failure))] };
        }

        // A name that the store has and this catalog had not: someone else created it.
        _catalogIsDoubtful |= stored.Contains(null);
        var created = stored.OfType<StoredTopic>().Select(topic => topic.Topic.Id).ToHashSet();
        return new CreateTopicsAnswer
        {
            Topics = [.. plans.Select(plan => plan.Topic is null || created.Contains(plan.Topic.Id) ? AnswerOf(plan) : AlreadyThere(plan.Wish.Name))],
        };
    }

    public async Task<DeleteTopicsAnswer> DeleteTopics(DeleteTopicsCommand command)
    {
        if (await SettleDoubts() is { } outage)
            return new DeleteTopicsAnswer { Topics = [.. command.Topics.Select(reference => Outage(reference.Name, outage) with { TopicId = reference.TopicId })] };

        var answers = TopicDeletion.Decide(command, catalog.Current);
        var deleted = answers.Where(answer => answer.ErrorCode == 0).Select(AsDeleted).ToList();
        var ids = deleted.Select(topic => topic.Id).ToList();
        if (ids.Count == 0)
            return new DeleteTopicsAnswer { Topics = answers };

        try
        {
            var since = time.GetTimestamp();
            await store.DeleteTopicsAsync(ids, CancellationToken.None);
            metrics.Proposed(time.GetElapsedTime(since));
            catalog.Remove(ids);
            _deleted.AddRange(deleted);
            await TryFinishDeletions();
            metrics.Applied(time.GetElapsedTime(since));
        }
        catch (TopicStoreException failure)
        {
            Doubt("delete topics", failure);
            _knowsDeleted &= failure.Outcome == StoreOutcome.NotApplied;
            NoteWhatIsLeft();
            return new DeleteTopicsAnswer
            {
                Topics = [.. answers.Select(answer => answer.ErrorCode == 0 ? Outage(answer.Name, failure) with { TopicId = answer.TopicId } : answer)],
            };
        }

        return new DeleteTopicsAnswer { Topics = answers };
    }

    /// <summary>Each node makes its logs before its catalog has the topics, so that the first produce finds them.</summary>
    private async Task Apply(IReadOnlyList<StoredTopic?> stored, long since)
    {
        var created = stored.OfType<StoredTopic>().ToList();
        await OnEachNode([.. nodes.Current.Live.Select(node => node.Id)], async nodeId =>
        {
            await GrainFactory.GetGrain<IPartitionHostGrain>(IPartitionHostGrain.KeyOf(nodeId)).Host(created);
            return true;
        });
        catalog.Set(created.Select(topic => new CatalogTopic(topic)));
        metrics.Applied(time.GetElapsedTime(since));
    }

    /// <summary>
    /// What a node could not do is done later: a log is made on the first touch, its catalog follows the store, and deletions are
    /// tried again.
    /// </summary>
    /// <returns>Whether all of them have done it.</returns>
    private async Task<bool> OnEachNode(IReadOnlyList<int> nodeIds, Func<int, Task<bool>> action)
    {
        var done = await Task.WhenAll(nodeIds.Select(async nodeId =>
        {
            try
            {
                return await action(nodeId);
            }
            catch (Exception failure)
            {
                LogNodeFailed(logger, nodeId, failure);
                return false;
            }
        }));
        return done.All(isDone => isDone);
    }

    /// <summary>Reads from the store what this grain is not sure of.</summary>
    /// <returns>Why that was not possible; null when there is no doubt.</returns>
    private async Task<TopicStoreException?> SettleDoubts()
    {
        try
        {
            if (_catalogIsDoubtful)
            {
                await follower.FollowAsync(CancellationToken.None);
                _catalogIsDoubtful = false;
            }

            if (!_knowsDeleted)
            {
                var deleted = await store.LoadDeletionsAsync(CancellationToken.None);
                _deleted.Clear();
                _deleted.AddRange(deleted);
                _knowsDeleted = true;
            }

            return null;
        }
        catch (TopicStoreException failure)
        {
            return failure;
        }
    }

    private DeletedTopic AsDeleted(TopicAnswer answer) => new(answer.TopicId, answer.Name!)
    {
        NodeIds = catalog.Current.TryGet(answer.TopicId, out var topic) ? [.. topic.Partitions.SelectMany(row => row.Replicas).Distinct().Order()] : [],
    };

    private void Doubt(string operation, TopicStoreException failure)
    {
        _catalogIsDoubtful |= failure.Outcome == StoreOutcome.Unknown;
        LogStoreFailed(logger, operation, failure);
    }

    private static TopicAnswer AnswerOf(TopicPlanner.Plan plan) => plan.Topic is not { } topic
        ? new TopicAnswer { Name = plan.Wish.Name, ErrorCode = (short)plan.Error, ErrorMessage = plan.Message }
        : new TopicAnswer
        {
            Name = topic.Name,
            TopicId = topic.Id,
            PartitionCount = topic.Placement.Count,
            ReplicationFactor = topic.Placement[0].Count,
            Configs = topic.Configs,
        };

    private static TopicAnswer AlreadyThere(string name) => new()
    {
        Name = name,
        ErrorCode = (short)ErrorCode.TopicAlreadyExists,
        ErrorMessage = $"Topic '{name}' already exists.",
    };

    private static TopicAnswer Outage(string? name, TopicStoreException failure) => new()
    {
        Name = name,
        ErrorCode = (short)ErrorCode.RequestTimedOut,
        ErrorMessage = failure.Outcome == StoreOutcome.NotApplied
            ? "The topic store is not available; nothing was changed."
            : "The topic store did not answer; whether the change was made is not known.",
    };

    [LoggerMessage(2201, LogLevel.Error, "The topic store failed to {Operation}.")]
    private static partial void LogStoreFailed(ILogger logger, string operation, Exception failure);

    [LoggerMessage(2202, LogLevel.Warning, "Node {NodeId} has not followed a change of topics yet.")]
    private static partial void LogNodeFailed(ILogger logger, int nodeId, Exception failure);
}
