using Actors.Kafka.Tests.Model;

namespace Actors.Kafka.Tests.Fuzz;

/// <summary>Bytes and what they are taken for.</summary>
internal sealed record FuzzInput(FuzzTarget Target, MessageCodec? Codec, short Version, byte[] Bytes)
{
    public override string ToString() => $"{Target} {Codec?.Name} v{Version}: {Convert.ToHexString(Bytes)}";
}
