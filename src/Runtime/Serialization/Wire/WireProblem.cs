namespace Actors.Runtime.Serialization;

/// <summary>What is wrong with serialised bytes, or with a value that is to be serialised.</summary>
public enum WireProblem
{
    /// <summary>The input ends within a value.</summary>
    Truncated,

    /// <summary>A length or count is larger than what is left of the input.</summary>
    LengthBeyondInput,

    /// <summary>A length or count is above the limit of the reader.</summary>
    LengthAboveLimit,

    /// <summary>Values are nested deeper than the limit; a cycle in the object graph looks like this too.</summary>
    TooDeep,

    /// <summary>A field has another wire type than its member.</summary>
    WrongWireType,

    /// <summary>Well-formed bytes that are no value of the type, such as a number out of range.</summary>
    InvalidValue,

    /// <summary>A type marker names a type that has no codec here, or one that does not fit the member.</summary>
    UnknownType,

    /// <summary>The bytes were written in a format version that this build does not read.</summary>
    UnsupportedVersion,

    /// <summary>Bytes follow the value.</summary>
    TrailingBytes,
}
