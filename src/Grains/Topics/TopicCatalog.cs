namespace Actors.Grains.Topics;

/// <summary>
/// What this silo knows of topics. Readers take the current snapshot and keep it for one request; the writer (the
/// controller, or the loader at start) swaps in a new one, so no reader ever waits or sees half a change.
/// </summary>
public sealed class TopicCatalog
{
    private readonly Lock _gate = new();
    private volatile TopicCatalogSnapshot _current = TopicCatalogSnapshot.Empty;

    /// <summary>The newest snapshot.</summary>
    public TopicCatalogSnapshot Current => _current;

    /// <summary>
    /// Raised after every swap, with the snapshot before and the one after, in the order of the changes, on the thread that
    /// made the change. A handler must be quick, must not throw and must not change the catalog.
    /// </summary>
    public event Action<TopicCatalogSnapshot, TopicCatalogSnapshot>? Changed;

    /// <summary>Adds topics, or replaces those that have their ids or names.</summary>
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

    /// <summary>Forgets everything and takes over what the store has.</summary>
    public void Replace(IEnumerable<CatalogTopic> topics)
    {
        lock (_gate)
        {
            Swap(_current.Cleared().With(topics));
        }
    }

    private void Swap(TopicCatalogSnapshot next)
    {
        var former = _current;
        _current = next;
        Changed?.Invoke(former, next);
    }
}
