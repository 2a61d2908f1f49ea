using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Actors.Grains.Topics;

/// <summary>All topics as this silo knew them at one moment. Immutable; safe to read from any thread for as long as wanted.</summary>
public sealed class TopicCatalogSnapshot
{
    private readonly ImmutableSortedDictionary<string, CatalogTopic> _byName;
    private readonly ImmutableDictionary<Guid, CatalogTopic> _byId;
    private readonly ImmutableDictionary<string, string> _nameByCollisionKey;

    private TopicCatalogSnapshot(
        ImmutableSortedDictionary<string, CatalogTopic> byName,
        ImmutableDictionary<Guid, CatalogTopic> byId,
        ImmutableDictionary<string, string> nameByCollisionKey,
        long version)
    {
        _byName = byName;
        _byId = byId;
        _nameByCollisionKey = nameByCollisionKey;
        Version = version;
    }

    public static TopicCatalogSnapshot Empty { get; } = new(
        ImmutableSortedDictionary.Create<string, CatalogTopic>(StringComparer.Ordinal),
        ImmutableDictionary<Guid, CatalogTopic>.Empty,
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal),
        0);

    /// <summary>Grows with every change; two snapshots of one catalog with the same version are the same object.</summary>
    public long Version { get; }

    public int Count => _byName.Count;

    /// <summary>In the order of their names (ordinal).</summary>
    public IEnumerable<CatalogTopic> Topics => _byName.Values;

    public bool TryGet(string name, [NotNullWhen(true)] out CatalogTopic? topic) => _byName.TryGetValue(name, out topic);

    public bool TryGet(Guid id, [NotNullWhen(true)] out CatalogTopic? topic) => _byId.TryGetValue(id, out topic);

    /// <summary>The existing topic whose name collides with <paramref name="name"/> without being equal to it; null when there is none.</summary>
    public string? CollidingName(string name) =>
        _nameByCollisionKey.TryGetValue(TopicNames.CollisionKey(name), out var existing) && existing != name ? existing : null;

    /// <summary>This snapshot with what is new in <paramref name="topics"/>; itself when nothing is.</summary>
    internal TopicCatalogSnapshot With(IEnumerable<CatalogTopic> topics)
    {
        var byName = _byName.ToBuilder();
        var byId = _byId.ToBuilder();
        var names = _nameByCollisionKey.ToBuilder();
        var hasChanged = false;
        foreach (var topic in topics)
        {
            byName.TryGetValue(topic.Name, out var former);
            var newest = topic.Over(former);
            if (ReferenceEquals(newest, former))
                continue;
            hasChanged = true;
            if (former is not null)
                byId.Remove(former.Id);
            byName[newest.Name] = newest;
            byId[newest.Id] = newest;
            names[TopicNames.CollisionKey(newest.Name)] = newest.Name;
        }

        return hasChanged ? new TopicCatalogSnapshot(byName.ToImmutable(), byId.ToImmutable(), names.ToImmutable(), Version + 1) : this;
    }

    /// <summary>This snapshot without the topics of these ids; itself when it has none of them.</summary>
    internal TopicCatalogSnapshot Without(IEnumerable<Guid> ids)
    {
        var byName = _byName.ToBuilder();
        var byId = _byId.ToBuilder();
        var names = _nameByCollisionKey.ToBuilder();
        var hasChanged = false;
        foreach (var id in ids)
        {
            if (byId.TryGetValue(id, out var topic))
            {
                hasChanged = true;
                byId.Remove(id);
                byName.Remove(topic.Name);
                names.Remove(TopicNames.CollisionKey(topic.Name));
            }
        }

        return hasChanged ? new TopicCatalogSnapshot(byName.ToImmutable(), byId.ToImmutable(), names.ToImmutable(), Version + 1) : this;
    }
}
