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

    /// <summary>This snapshot with <paramref name="topics"/> added, or in place of those that have their ids.</summary>
    internal TopicCatalogSnapshot With(IEnumerable<CatalogTopic> topics)
    {
        var byName = _byName.ToBuilder();
        var byId = _byId.ToBuilder();
        var names = _nameByCollisionKey.ToBuilder();
        foreach (var topic in topics)
        {
            if (byName.TryGetValue(topic.Name, out var former))
            {
                byId.Remove(former.Id);
            }

            byName[topic.Name] = topic;
            byId[topic.Id] = topic;
            names[TopicNames.CollisionKey(topic.Name)] = topic.Name;
        }

        return new TopicCatalogSnapshot(byName.ToImmutable(), byId.ToImmutable(), names.ToImmutable(), Version + 1);
    }

    /// <summary>No topics, and the version of this snapshot.</summary>
    internal TopicCatalogSnapshot Cleared() => new(Empty._byName, Empty._byId, Empty._nameByCollisionKey, Version);

    /// <summary>This snapshot without the topics of these ids; ids that it does not have are left out of account.</summary>
    internal TopicCatalogSnapshot Without(IEnumerable<Guid> ids)
    {
        var byName = _byName.ToBuilder();
        var byId = _byId.ToBuilder();
        var names = _nameByCollisionKey.ToBuilder();
        foreach (var id in ids)
        {
            if (byId.TryGetValue(id, out var topic))
            {
                byId.Remove(id);
                byName.Remove(topic.Name);
                names.Remove(TopicNames.CollisionKey(topic.Name));
            }
        }

        return new TopicCatalogSnapshot(byName.ToImmutable(), byId.ToImmutable(), names.ToImmutable(), Version + 1);
    }
}
