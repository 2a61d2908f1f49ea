using Actors.Kafka;

namespace Actors.Grains.Topics;

/// <summary>Decides which topics a deletion names.</summary>
internal static class TopicDeletion
{
    /// <summary>One answer per reference, in their order; error code 0 where the topic is to be deleted.</summary>
    public static IReadOnlyList<TopicAnswer> Decide(DeleteTopicsCommand command, TopicCatalogSnapshot catalog)
    {
        var answers = new List<TopicAnswer>(command.Topics.Count);
        var seen = new HashSet<Guid>();
        foreach (var reference in command.Topics)
            answers.Add(Decide(reference, catalog, seen));
        return answers;
    }

    private static TopicAnswer Decide(TopicReference reference, TopicCatalogSnapshot catalog, HashSet<Guid> seen)
    {
        var byId = reference.TopicId != Guid.Empty;
        if (byId == reference.Name is not null)
            return Refuse(reference, ErrorCode.InvalidRequest, "A topic is named by its name or by its id, and not by both.");
        CatalogTopic? topic;
        if (byId ? !catalog.TryGet(reference.TopicId, out topic) : !catalog.TryGet(reference.Name!, out topic))
        {
            return byId
                ? Refuse(reference, ErrorCode.UnknownTopicId, "There is no topic with this id.")
                : Refuse(reference, ErrorCode.UnknownTopicOrPartition, "There is no topic of this name.");
        }

        if (topic!.Row.IsInternal)
            return Refuse(reference, ErrorCode.PolicyViolation, $"{topic.Name} belongs to the broker itself.");
        return seen.Add(topic.Id)
            ? new TopicAnswer { Name = topic.Name, TopicId = topic.Id, PartitionCount = topic.PartitionCount }
            : Refuse(reference, ErrorCode.InvalidRequest, "The request names this topic more than once.");
    }

    private static TopicAnswer Refuse(TopicReference reference, ErrorCode error, string message) => new()
    {
        Name = reference.Name,
        TopicId = reference.TopicId,
        ErrorCode = (short)error,
        ErrorMessage = message,
    };
}
