namespace Actors.Kafka;

/// <summary>Why a message cannot be written in a version.</summary>
public enum EncodingProblem
{
    /// <summary>The version lacks the field, the field is not at its default, and leaving it out would change the meaning.</summary>
    NotInVersion,

    /// <summary>The field is null and the version does not allow that.</summary>
    NullNotAllowed,

    /// <summary>A string has more than 32,767 bytes, or the message more than 2 GiB.</summary>
    TooLong,
}
