using System.Buffers.Binary;
using Actors.Kafka.Messages;

namespace Actors.Kafka.Client;

/// <summary>The first request on a connection, whose version the broker may not know.</summary>
internal sealed class PendingApiVersions(ApiDescriptor api, short version, CancellationToken token)
    : PendingRequest<ApiVersionsResponse>(api, version, token)
{
    /// <summary>A broker that does not know the version says so in a body of version 0 (KIP-511).</summary>
    protected override short BodyVersion(short version, ReadOnlySpan<byte> body) =>
        BinaryPrimitives.TryReadInt16BigEndian(body, out var error) && error == (short)ErrorCode.UnsupportedVersion ? (short)0 : version;
}
