namespace Actors.Grains.Topics;

/// <summary>A topic that is deleted while its logs, or offsets that groups have committed for it, may still be somewhere.</summary>
/// <param name="Id">Its id, which no other topic has.</param>
/// <param name="Name">Its name, which no topic gets until nothing is left.</param>
public sealed record DeletedTopic(Guid Id, string Name)
{
    /// <summary>The nodes that held replicas when it was deleted, ascending; empty when the deletion is older than this list.</summary>
    public IReadOnlyList<int> NodeIds { get; init; } = [];
}
