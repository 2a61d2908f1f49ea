using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>The exchange of every request that a handler answers with a <see cref="ResponseBody"/>.</summary>
internal sealed class BodyExchange : Exchange
{
    private ResponseBody? _body;

    /// <summary>An exchange that waits for its answer.</summary>
    public BodyExchange(int correlationId, short version, long receivedAtTimestamp)
    {
        CorrelationId = correlationId;
        Version = version;
        ReceivedAtTimestamp = receivedAtTimestamp;
    }

    /// <inheritdoc/>
    public override bool IsDeferred => _body!.IsDeferred;

    /// <inheritdoc/>
    public override ValueTask PrepareAsync(CancellationToken token) => _body!.PrepareAsync(token);

    /// <summary>Sets the answer, which the exchange owns from now on.</summary>
    public void Answer(ResponseBody body)
    {
        _body = body;
        MarkReady();
    }

    /// <inheritdoc/>
    public override void Write(ref KafkaWriter writer)
    {
        var body = _body!;
        var headerVersion = ApiTable.Get(body.ApiKey).ResponseHeaderVersion(Version);
        writer.WriteInt32(checked((int)(ResponseHeader.SizeOf(headerVersion) + body.SizeOf(Version))));
        new ResponseHeader(CorrelationId).Write(ref writer, headerVersion);
        body.Write(ref writer, Version);
    }

    /// <inheritdoc/>
    public override bool Release()
    {
        _body?.Release();
        _body = null;
        return false;
    }
}
