using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Actors.Membership;

/// <summary>
/// A silo's name together with its node's number, <c>name@nodeId</c>: what stands in a membership row's <c>SiloName</c>, the one
/// free text that both runtimes carry.
/// </summary>
public readonly record struct SiloNodeName
{
    private const char Separator = '@';

    /// <param name="name">For people; not empty.</param>
    /// <param name="nodeId">Not negative.</param>
    public SiloNodeName(string name, int nodeId)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegative(nodeId);
        Name = name;
        NodeId = nodeId;
    }

    /// <summary>The name for people; it may contain an @ itself.</summary>
    public string Name { get; }

    /// <summary>The node's number, unique among the living silos of a cluster.</summary>
    public int NodeId { get; }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is something else; the sentence says what was expected.</exception>
    public static SiloNodeName Parse(string? text) => TryParse(text, out SiloNodeName name)
        ? name
        : throw new FormatException($"'{text}' does not name a silo and its node: expected name@nodeId with a node id from 0 to {int.MaxValue}, such as silo-2@2.");

    /// <summary>Reads what <see cref="ToString"/> writes; false when it is something else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SiloNodeName name)
    {
        int separator = text?.LastIndexOf(Separator) ?? -1;
        bool isName = separator > 0 & int.TryParse(text.AsSpan(separator + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int nodeId);
        name = isName ? new SiloNodeName(text![..separator], nodeId) : default;
        return isName;
    }

    /// <summary>The text: <c>name@nodeId</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}{Separator}{NodeId}");
}
