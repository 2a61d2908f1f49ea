using System.Text;
using Actors.Runtime.Activations;
using Actors.Runtime.Invocation;
using Orleans.Runtime;

namespace Actors.Runtime.Peering;

/// <summary>The methods of all grain interfaces by their names on the wire, found without making strings. Immutable.</summary>
internal sealed class MethodTable
{
    private readonly Dictionary<byte[], MethodEntry>.AlternateLookup<ReadOnlySpan<byte>> _byName;
    private readonly MethodEntry?[] _byIndex;

    public MethodTable(GrainCode code)
    {
        var byName = new Dictionary<byte[], MethodEntry>(new BytesComparer());
        var byIndex = new List<MethodEntry?>();
        foreach (GrainMethod method in code.Interfaces.SelectMany(static one => one.Methods))
        {
            var entry = new MethodEntry(method, Encoding.UTF8.GetBytes($"{method.InterfaceName}/{method.WireName}"), new GrainInterfaceType(method.InterfaceName));
            if (byName.TryAdd(entry.Name, entry))
            {
                while (byIndex.Count <= method.Index)
                {
                    byIndex.Add(null);
                }

                byIndex[method.Index] = entry;
            }
        }

        _byIndex = [.. byIndex];
        _byName = byName.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The entry of a method of this process.</summary>
    public MethodEntry Of(GrainMethod method) =>
        method.Index < _byIndex.Length && _byIndex[method.Index] is { } entry
            ? entry
            : throw new ArgumentException($"{method.ActivityName} belongs to no grain interface of this silo.", nameof(method));

    /// <summary>The method with this name; null when this build has none.</summary>
    public MethodEntry? Find(ReadOnlySpan<byte> name) => _byName.TryGetValue(name, out MethodEntry? entry) ? entry : null;

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
