namespace Actors.Runtime.Serialization;

/// <summary>How the bytes of a value are laid out: enough to pass over a field whose id is unknown. Three bits of a tag.</summary>
public enum WireType : byte
{
    /// <summary>Unsigned LEB128, at most ten bytes; signed integers are zigzag-encoded.</summary>
    Varint = 0,

    /// <summary>Four bytes, little-endian.</summary>
    Fixed32 = 1,

    /// <summary>Eight bytes, little-endian.</summary>
    Fixed64 = 2,

    /// <summary>A varint length, then that many bytes.</summary>
    Bytes = 3,

    /// <summary>Fields up to an <see cref="End"/> tag.</summary>
    Object = 4,

    /// <summary>A varint count, the wire type of the elements (<see cref="Null"/>: each element carries its own), the elements.</summary>
    Sequence = 5,

    /// <summary>No value: nothing follows.</summary>
    Null = 6,

    /// <summary>Ends an object (raw id 0) or a base class's level of it (raw id 1).</summary>
    End = 7,
}
