namespace Actors.Kafka;

/// <summary>Why bytes are not the message that they should be.</summary>
public enum Malformation
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>A value ends after the frame, or an array claims more elements than the rest of the frame can hold.</summary>
    Truncated,

    /// <summary>A length is below -1, or does not fit 31 bits.</summary>
    InvalidLength,

    /// <summary>A null where the version does not allow one.</summary>
    NullNotAllowed,

    /// <summary>A variable-length integer has more than 32 bits.</summary>
    InvalidVarint,

    /// <summary>A string has more than 32,767 bytes.</summary>
    StringTooLong,

    /// <summary>A string is not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>All arrays together have more elements than the reader's limit.</summary>
    TooManyElements,

    /// <summary>A tagged field's value does not end where its size says.</summary>
    TagSizeMismatch,
}
