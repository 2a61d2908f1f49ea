using System.Text;
using Actors.Grains.Topics;

namespace Actors.Gateway.Kafka;

/// <summary>The topics that one connection produces to, found by the bytes of their names. Forgets everything when the catalog changes.</summary>
/// <remarks>Not thread-safe: the connection's reader uses it. Bounded, since a client may make up names.</remarks>
internal sealed class TopicHandles(TopicCatalog catalog)
{
    private const int MaxHandles = 1_024;
    private readonly Dictionary<string, TopicHandle> _byName = new(StringComparer.Ordinal);
    private TopicCatalogSnapshot _snapshot = catalog.Current;
    private TopicHandle? _last;

    /// <summary>The topic of this name, as the catalog has it now.</summary>
    public TopicHandle Get(ReadOnlySpan<byte> nameUtf8)
    {
        var snapshot = catalog.Current;
        if (!ReferenceEquals(snapshot, _snapshot))
        {
            Forget(snapshot);
        }

        if (_last is { } last && nameUtf8.SequenceEqual(last.NameUtf8.Span))
        {
            return last;
        }

        var name = Encoding.UTF8.GetString(nameUtf8);
        if (!_byName.TryGetValue(name, out var handle))
        {
            if (_byName.Count >= MaxHandles)
            {
                Forget(snapshot);
            }

            handle = new TopicHandle(nameUtf8.ToArray(), snapshot.TryGet(name, out var topic) ? topic : null);
            _byName.Add(name, handle);
        }

        return _last = handle;
    }

    private void Forget(TopicCatalogSnapshot snapshot)
    {
        _byName.Clear();
        _last = null;
        _snapshot = snapshot;
    }
}
