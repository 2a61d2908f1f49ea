using System.Collections;

namespace Actors.Grains.Agents;

/// <summary>The items of a <see cref="PeerMap{T}"/>, in no order. To go through them costs no garbage; the map is not to be changed meanwhile.</summary>
internal readonly struct PeerItems<T>(T[]? few, int fewCount, Dictionary<Guid, T>? many) : IEnumerable<T>
    where T : class, IPeerItem
{
    public Enumerator GetEnumerator() => new(few, fewCount, many);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Where somebody is among them.</summary>
    internal struct Enumerator : IEnumerator<T>
    {
        private readonly T[]? _few;
        private readonly int _fewCount;
        private readonly bool _areMany;
        private Dictionary<Guid, T>.ValueCollection.Enumerator _many;
        private int _index = -1;

        public Enumerator(T[]? few, int fewCount, Dictionary<Guid, T>? many)
        {
            (_few, _fewCount, _areMany) = (few, fewCount, many is not null);
            if (many is not null)
                _many = many.Values.GetEnumerator();
        }

        public T Current => _areMany ? _many.Current : _few![_index];

        object IEnumerator.Current => Current;

        public bool MoveNext() => _areMany ? _many.MoveNext() : ++_index < _fewCount;

        public void Reset() => throw new NotSupportedException();

        public void Dispose()
        {
            if (_areMany)
                _many.Dispose();
        }
    }
}
