using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>The exchange of every request that a handler answers with a <see cref="ResponseBody"/>.</summary>
internal sealed class BodyExchange : Exchange
{
    /// <summary>What a message costs in memory for each of its bytes on the wire; an array of small structures costs about as much.</summary>
    public const int ParsedBytesPerByte = 16;

    private readonly ResponseRing _ring;
    private ResponseBody? _body;
    private ByteBudget? _budget;
    private long _reservedBytes;

    /// <summary>An exchange that waits for its answer.</summary>
    public BodyExchange(int correlationId, short version, long receivedAtTimestamp, ResponseRing ring)
    {
        _ring = ring;
        CorrelationId = correlationId;
        Version = version;
        ReceivedAtTimestamp = receivedAtTimestamp;
    }

    /// <inheritdoc/>
    public override bool IsDeferred => _body!.IsDeferred;

    /// <inheritdoc/>
    public override ValueTask PrepareAsync(CancellationToken token) => _body!.PrepareAsync(token);

    /// <summary>Whether the request holds a share of the silo's memory that others may wait for.</summary>
    public bool HoldsShare => Volatile.Read(ref _reservedBytes) > 0;

    /// <summary>Says what the request holds, before it goes into the ring.</summary>
    /// <param name="requestBytes">The request's size.</param>
    /// <param name="budget">Where its share of the silo's memory came from.</param>
    /// <param name="reservedBytes">That share; it is given back when the exchange ends.</param>
    public void Hold(long requestBytes, ByteBudget budget, long reservedBytes) =>
        (HeldBytes, _budget, _reservedBytes) = (requestBytes * ParsedBytesPerByte, budget, reservedBytes);

    /// <summary>Sets the answer, which the exchange owns from now on and which is all that it holds.</summary>
    public void Answer(ResponseBody body)
    {
        _body = body;
        Charge(body.HeldBytes(Version));
        MarkReady();
    }

    /// <summary>The handler holds so many bytes for the request: more, or fewer, than its size made one expect.</summary>
    public void Charge(long heldBytes)
    {
        _ring.Charge(heldBytes - HeldBytes);
        HeldBytes = heldBytes;
    }

    /// <summary>The handler has copied what it keeps, and waits for an event.</summary>
    public void Forget(long keptBytes)
    {
        Charge(keptBytes);
        GiveBack();
    }

    /// <summary>Gives the request's share of the silo's memory back: it is answered, or never will be.</summary>
    public void GiveBack()
    {
        if (Interlocked.Exchange(ref _reservedBytes, 0) is > 0 and var bytes)
        {
            _budget!.Return(bytes);
        }
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
        GiveBack();
        return false;
    }
}
