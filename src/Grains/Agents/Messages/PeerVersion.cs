using Orleans;

namespace Actors.Grains.Agents;

/// <summary>
/// How new something is that a peer has said. Everything that a peer says in one connection has a number of its own, counted by
/// that connection; connections have epochs. So of two sayings of one peer the newer is known wherever they meet.
/// </summary>
/// <param name="Epoch">The connection; 0 before the first.</param>
/// <param name="Sequence">Counts what the connection said, from 1; 0 for that it is there. Its end is <see cref="LostSequence"/> or <see cref="GoneSequence"/>.</param>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Version")]
public readonly record struct PeerVersion([property: Id(0)] long Epoch, [property: Id(1)] long Sequence) : IComparable<PeerVersion>
{
    /// <summary>The connection broke: after everything that it said.</summary>
    public const long LostSequence = long.MaxValue - 1;

    /// <summary>The connection said goodbye: after everything, also after a word that it broke.</summary>
    public const long GoneSequence = long.MaxValue;

    /// <summary>Whether nothing comes after this in its epoch but a goodbye.</summary>
    public bool IsEnd => Sequence >= LostSequence;

    /// <summary>What an announcement of this version says.</summary>
    public PeerKind Kind => this switch
    {
        { Epoch: 0 } => PeerKind.Absent,
        { Sequence: 0 } => PeerKind.Connected,
        { Sequence: LostSequence } => PeerKind.Lost,
        { Sequence: GoneSequence } => PeerKind.Gone,
        _ => PeerKind.Node,
    };

    /// <summary>Whether an announcement of this version says that the peer has a connection.</summary>
    public bool IsLive => Epoch != 0 && !IsEnd;

    public static bool operator <(PeerVersion left, PeerVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(PeerVersion left, PeerVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(PeerVersion left, PeerVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PeerVersion left, PeerVersion right) => left.CompareTo(right) >= 0;

    /// <inheritdoc/>
    public int CompareTo(PeerVersion other) =>
        Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Sequence.CompareTo(other.Sequence);
}
