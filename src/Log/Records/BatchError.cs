namespace Actors.Log;

/// <summary>Why a batch is refused; each value names the Kafka error that a producer gets for it.</summary>
public enum BatchError
{
    /// <summary>The batch is sound.</summary>
    None = 0,

    /// <summary>Cut short, a length that cannot be, or a wrong CRC: CORRUPT_MESSAGE (2), which producers send again.</summary>
    Corrupt,

    /// <summary>The CRC is right and the content is not: INVALID_RECORD (87), which is final.</summary>
    InvalidRecord,

    /// <summary>Larger than max.message.bytes, or than the limit once decompressed: MESSAGE_TOO_LARGE (10).</summary>
    TooLarge,

    /// <summary>A codec that is unknown, not allowed here or not installed: UNSUPPORTED_COMPRESSION_TYPE (76).</summary>
    UnsupportedCodec,

    /// <summary>A message format other than 2: INVALID_RECORD (87), as in Kafka.</summary>
    UnsupportedMagic,

    /// <summary>A timestamp outside what the topic allows, or LogAppendTime set by a client: INVALID_TIMESTAMP (32).</summary>
    InvalidTimestamp,
}
