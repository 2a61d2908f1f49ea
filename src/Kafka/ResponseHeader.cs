namespace Actors.Kafka;

/// <summary>What stands in front of every response: the request's correlation id and, from version 1, tagged fields.</summary>
/// <param name="CorrelationId">The number that the request carried.</param>
public readonly record struct ResponseHeader(int CorrelationId)
{
    /// <summary>The header version in front of flexible responses; ApiVersions never has it.</summary>
    public const short FlexibleVersion = 1;

    /// <summary>Reads the header at the start of a frame.</summary>
    /// <param name="reader">At the frame's first byte; afterwards at the response's, or failed.</param>
    /// <param name="headerVersion">0 or 1; <see cref="ApiDescriptor.ResponseHeaderVersion"/>.</param>
    /// <param name="header">The header, when the result is true.</param>
    public static bool TryRead(ref KafkaReader reader, short headerVersion, out ResponseHeader header)
    {
        header = new ResponseHeader(reader.ReadInt32());
        if (headerVersion >= FlexibleVersion)
        {
            reader.SkipTaggedFields();
        }

        return !reader.HasFailed;
    }

    /// <summary>The bytes that <see cref="Write"/> writes.</summary>
    /// <inheritdoc cref="TryRead" path="/param[@name='headerVersion']"/>
    public static int SizeOf(short headerVersion) => headerVersion >= FlexibleVersion ? 5 : 4;

    /// <summary>Writes the header.</summary>
    /// <inheritdoc cref="TryRead" path="/param[@name='headerVersion']"/>
    public void Write(ref KafkaWriter writer, short headerVersion)
    {
        writer.WriteInt32(CorrelationId);
        if (headerVersion >= FlexibleVersion)
        {
            writer.WriteUnsignedVarint(0);
        }
    }
}
