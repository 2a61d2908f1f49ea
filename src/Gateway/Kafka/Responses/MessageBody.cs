using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>A generated response message as an answer.</summary>
internal sealed class MessageBody(IKafkaResponse message) : ResponseBody
{
    /// <inheritdoc/>
    public override ApiKey ApiKey => message.ApiKey;

    /// <inheritdoc/>
    public override long SizeOf(short version) => message.SizeOf(version);

    /// <inheritdoc/>
    public override void Write(ref KafkaWriter writer, short version) => message.Write(ref writer, version);
}
