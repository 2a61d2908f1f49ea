using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>A request on its way to a handler, and the way back for its answer.</summary>
public sealed class KafkaRequest
{
    private readonly BodyExchange _exchange;
    private readonly Action<KafkaRequest, ErrorCode> _answered;
    private int _replied;

    internal KafkaRequest(RequestHeader header, ReadOnlyMemory<byte> body, ClientFacts client, BodyExchange exchange, Action<KafkaRequest, ErrorCode> answered)
    {
        (Header, Body, Client) = (header, body, client);
        (_exchange, _answered) = (exchange, answered);
    }

    /// <summary>The request's header.</summary>
    public RequestHeader Header { get; }

    /// <summary>The request's version, which its answer has too.</summary>
    public short Version => Header.Version;

    /// <summary>The request behind its header; memory of its own that is never pooled.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Who asks.</summary>
    public ClientFacts Client { get; }

    /// <summary>Cancelled when the silo stops or nothing more is read: what waits for an event answers with what it has.</summary>
    public CancellationToken Hurry { get; init; }

    /// <summary>Whether the request is so large that others wait for memory while it is not answered.</summary>
    public bool IsLarge => _exchange.HoldsShare;

    /// <summary>What the request was answered with, as far as it concerns the whole of it.</summary>
    internal ErrorCode Error { get; private set; }

    /// <summary>Reads the request as a message.</summary>
    /// <exception cref="MalformedMessageException">It is none; the connection is closed, as Kafka does.</exception>
    public TRequest Read<TRequest>()
        where TRequest : class, IKafkaMessage<TRequest> => KafkaMessage.Read<TRequest>(Body, Version);

    /// <summary>Says that the handler holds so many bytes for the request until it answers, which its size does not tell; the connection is charged for them.</summary>
    public void Hold(long bytes) => _exchange.Charge(Math.Max(_exchange.HeldBytes, bytes));

    /// <summary>
    /// Lets the request's bytes go, and the share that others may wait for: the handler has copied what it keeps, and waits for an
    /// event. For what something else limits, since it is charged to the connection alone.
    /// </summary>
    /// <param name="keptBytes">How much the handler has copied.</param>
    public void Forget(long keptBytes)
    {
        Body = default;
        _exchange.Forget(keptBytes);
    }

    /// <summary>Answers with a message.</summary>
    /// <param name="response">Not changed afterwards.</param>
    /// <param name="error">What the request metric counts it as.</param>
    public void Reply(IKafkaResponse response, ErrorCode error = ErrorCode.None) => Reply(new MessageBody(response), error);

    /// <summary>Answers with a body that writes itself; the request owns it from now on.</summary>
    /// <exception cref="InvalidOperationException">The request is answered already.</exception>
    public void Reply(ResponseBody body, ErrorCode error = ErrorCode.None)
    {
        if (Interlocked.Exchange(ref _replied, 1) != 0)
        {
            body.Release();
            throw new InvalidOperationException($"{Header.ApiKey} {Header.CorrelationId} is answered already.");
        }

        Error = error;
        _exchange.Answer(body);
        _answered(this, error);
    }

    /// <summary>The handler has ended. Without an answer, the connection ends too.</summary>
    internal void Handled()
    {
        if (!_exchange.IsReady)
        {
            _exchange.GiveBack();
        }
    }
}
