namespace Actors.Runtime.Serialization;

/// <summary>The constants of the wire format, frozen by golden tests.</summary>
/// <remarks>
/// A field is a varint tag, <c>(rawId &lt;&lt; 3) | wireType</c>, and a value. Raw id 0 is the type marker (the alias of the
/// value's type, only where it differs from the declared type, and only as the first field of an object); a member with
/// <c>[Id(n)]</c> has raw id n + 1. Members of a base class come first, closed by their own end tag.
/// </remarks>
public static class WireFormat
{
    /// <summary>The first byte of every serialised value. A reader refuses any other.</summary>
    public const byte Version = 1;

    /// <summary>The largest id of a member: its tag still fits 32 bits.</summary>
    public const uint MaxFieldId = (1u << 29) - 2;

    /// <summary>The longest alias of a type, in UTF-8 bytes.</summary>
    public const int MaxAliasBytes = 512;

    internal const uint EndTag = (uint)WireType.End;
    internal const uint EndOfLevelTag = (1u << 3) | (uint)WireType.End;
    internal const uint TypeMarkerTag = (uint)WireType.Bytes;
}
