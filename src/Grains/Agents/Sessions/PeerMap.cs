using System.Diagnostics.CodeAnalysis;

namespace Actors.Grains.Agents;

/// <summary>
/// Items by peer. Most owners have none or one, and there are many owners: none take no memory, a few are in an array that is looked
/// through, and more in a dictionary. A field that is not readonly, for it is changed in place; one caller at a time.
/// </summary>
[SuppressMessage("Performance", "CA1815", Justification = "Nobody compares two of them.")]
internal struct PeerMap<T>
    where T : class, IPeerItem
{
    private const int MaxFew = 8;

    private T[]? _few;
    private Dictionary<Guid, T>? _many;
    private int _fewCount;

    /// <summary>How many items there are.</summary>
    public readonly int Count => _many?.Count ?? _fewCount;

    /// <summary>All items, in no order. Not to be changed while it is gone through.</summary>
    public readonly PeerItems<T> Values => new(_few, _fewCount, _many);

    /// <summary>The item of a peer; null when there is none.</summary>
    public readonly T? Find(Guid peer) => _many is not null ? _many.GetValueOrDefault(peer) : IndexOf(peer) is >= 0 and var index ? _few![index] : null;

    /// <summary>Adds the item of a peer that has none.</summary>
    public void Add(T item)
    {
        if (_many is not null)
        {
            _many.Add(item.Peer, item);
        }
        else if (_fewCount == MaxFew)
        {
            _many = _few!.ToDictionary(static few => few.Peer);
            _many.Add(item.Peer, item);
            (_few, _fewCount) = (null, 0);
        }
        else
        {
            if (_few is null || _few.Length == _fewCount)
                Array.Resize(ref _few, Math.Max(1, 2 * _fewCount));
            _few[_fewCount++] = item;
        }
    }

    /// <summary>Removes the item of a peer, if it is there.</summary>
    public void Remove(Guid peer)
    {
        if (_many is not null)
        {
            _many.Remove(peer);
            if (_many.Count == 0)
                _many = null;
        }
        else if (IndexOf(peer) is >= 0 and var index)
        {
            _few![index] = _few[--_fewCount];
            _few[_fewCount] = null!;
            if (_fewCount == 0)
                _few = null;
        }
    }

    /// <summary>Removes every item that is so.</summary>
    public void RemoveWhere(Predicate<T> isSo)
    {
        List<Guid>? gone = null;
        foreach (var item in Values)
        {
            if (isSo(item))
                (gone ??= []).Add(item.Peer);
        }

        foreach (var peer in gone ?? [])
            Remove(peer);
    }

    private readonly int IndexOf(Guid peer)
    {
        for (var index = 0; index < _fewCount; index++)
        {
            if (_few![index].Peer == peer)
                return index;
        }

        return -1;
    }
}
