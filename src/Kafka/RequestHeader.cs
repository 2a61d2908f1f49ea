using System.Text;

namespace Actors.Kafka;

/// <summary>What stands in front of every request.</summary>
/// <remarks>
/// Version 1 is key, version, correlation id and client id; version 2 adds tagged fields, of which none is known. The client
/// id keeps its 2-byte length in every version. Version 0, without the client id, belongs to an API that no client uses.
/// Source: KIP-482.
/// </remarks>
/// <param name="ApiKey">The API; perhaps one that the tables lack.</param>
/// <param name="Version">The version of the request that follows.</param>
/// <param name="CorrelationId">Chosen by the client, repeated in the response.</param>
/// <param name="ClientIdUtf8">The client's name for itself, a slice of the frame; null where it has none.</param>
public readonly record struct RequestHeader(ApiKey ApiKey, short Version, int CorrelationId, ReadOnlyMemory<byte>? ClientIdUtf8)
{
    /// <summary>The header version in front of flexible requests.</summary>
    public const short FlexibleVersion = 2;

    /// <summary>The client's name for itself, decoded anew at each call.</summary>
    public string? ClientId => ClientIdUtf8 is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    /// <summary>
    /// Reads the header at the start of a frame, and takes its version from the API table. For a key that the table lacks,
    /// only the first three fields are read, and the client id is null.
    /// </summary>
    /// <param name="reader">At the frame's first byte; afterwards at the request's, or failed.</param>
    /// <param name="header">The header, when the result is true.</param>
    public static bool TryRead(ref KafkaReader reader, out RequestHeader header)
    {
        var key = (ApiKey)reader.ReadInt16();
        var version = reader.ReadInt16();
        var correlationId = reader.ReadInt32();
        var clientId = default(ReadOnlyMemory<byte>?);
        if (ApiTable.TryGet(key, out var api))
        {
            var bytes = reader.ReadUtf8(compact: false, nullable: true, out var isNull);
            clientId = isNull ? default(ReadOnlyMemory<byte>?) : bytes;
            if (api.RequestHeaderVersion(version) >= FlexibleVersion)
            {
                reader.SkipTaggedFields();
            }
        }

        header = new RequestHeader(key, version, correlationId, clientId);
        return !reader.HasFailed;
    }

    /// <summary>The bytes that <see cref="Write"/> writes.</summary>
    /// <param name="headerVersion">0 to 2; <see cref="ApiDescriptor.RequestHeaderVersion"/>.</param>
    public int SizeOf(short headerVersion) => headerVersion switch
    {
        0 => 8,
        1 => 10 + (ClientIdUtf8?.Length ?? 0),
        _ => 11 + (ClientIdUtf8?.Length ?? 0),
    };

    /// <summary>Writes the header.</summary>
    /// <inheritdoc cref="SizeOf" path="/param"/>
    /// <exception cref="MessageEncodingException">The client id has more than 32,767 bytes.</exception>
    public void Write(ref KafkaWriter writer, short headerVersion)
    {
        writer.WriteInt16((short)ApiKey);
        writer.WriteInt16(Version);
        writer.WriteInt32(CorrelationId);
        if (headerVersion >= 1)
        {
            if (ClientIdUtf8 is { } clientId)
            {
                writer.WriteUtf8(clientId.Span, compact: false);
            }
            else
            {
                writer.WriteInt16(-1);
            }
        }

        if (headerVersion >= FlexibleVersion)
        {
            writer.WriteUnsignedVarint(0);
        }
    }
}
