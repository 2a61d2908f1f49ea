namespace Actors.Grains.Topics;

/// <summary>
/// What this silo knows of topics. Readers take the current snapshot and keep it for one request; writers swap in a new one, so
/// no reader ever waits or sees half a change.
/// </summary>
/// <remarks>
/// News comes on two ways, from the controller and from the store, and not always in order. So what is newer by its epochs
/// stays, whatever comes later: a row by its partition epoch, configs by theirs, and of two topics of one name the one with
/// the higher leader epochs, since a name never gets an epoch twice.
/// </remarks>
public sealed class TopicCatalog
{
    private readonly Lock _gate = new();
    private volatile TopicCatalogSnapshot _current = TopicCatalogSnapshot.Empty;

    /// <summary>The newest snapshot.</summary>
    public TopicCatalogSnapshot Current => _current;

    /// <summary>
    /// Raised after every change, with the snapshot before and the one after, in the order of the changes, on the thread that
    /// made the change. A handler must be quick, must not throw and must not change the catalog.
    /// </summary>
    public event Action<TopicCatalogSnapshot, TopicCatalogSnapshot>? Changed;

    /// <summary>Adds topics, or what is newer in them than what is here.</summary>
    public void Set(IEnumerable<CatalogTopic> topics)
    {
        lock (_gate)
        {
            Swap(_current.With(topics));
        }
    }

    /// <summary>Takes topics out.</summary>
    public void Remove(IEnumerable<Guid> topicIds)
    {
        lock (_gate)
        {
            Swap(_current.Without(topicIds));
        }
    }

    /// <summary>
    /// Takes over what the store has: topics that were known when the reading began and are not in the store have been deleted.
    /// One that was taken out here meanwhile is not put back.
    /// </summary>
    /// <param name="before">The snapshot from when the reading began.</param>
    /// <param name="stored">All topics of the store.</param>
    public void Follow(TopicCatalogSnapshot before, IReadOnlyList<StoredTopic> stored)
    {
        var ids = stored.Select(topic => topic.Topic.Id).ToHashSet();
        var gone = before.Topics.Select(topic => topic.Id).Where(id => !ids.Contains(id));
        lock (_gate)
        {
            var kept = stored.Where(topic => _current.TryGet(topic.Topic.Id, out _) || !before.TryGet(topic.Topic.Id, out _));
            Swap(_current.Without(gone).With(kept.Select(topic => new CatalogTopic(topic))));
        }
    }

    private void Swap(TopicCatalogSnapshot next)
    {
        var former = _current;
        if (ReferenceEquals(former, next))
            return;
        _current = next;
        Changed?.Invoke(former, next);
    }
}
