namespace Actors.Kafka.Client;

/// <summary>A request with the kind of its response.</summary>
internal class PendingRequest<TResponse> : PendingRequest
    where TResponse : class, IKafkaResponse, IKafkaMessage<TResponse>
{
    private readonly TaskCompletionSource<TResponse> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly short _version;
    private readonly short _headerVersion;
    private readonly CancellationTokenRegistration _cancellation;

    public PendingRequest(ApiDescriptor api, short version, CancellationToken token)
    {
        _version = version;
        _headerVersion = api.ResponseHeaderVersion(version);
        if (token.CanBeCanceled)
        {
            // Only the caller stops waiting: the response still has its place in the order, and is thrown away.
            _cancellation = token.UnsafeRegister(
                static (state, token) => ((PendingRequest<TResponse>)state!)._completion.TrySetCanceled(token), this);
        }
    }

    public Task<TResponse> Response => _completion.Task;

    public override Malformation Complete(ReadOnlyMemory<byte> frame, out int correlationId)
    {
        var reader = new KafkaReader(frame);
        ResponseHeader.TryRead(ref reader, _headerVersion, out var header);
        correlationId = header.CorrelationId;
        if (reader.HasFailed || correlationId != CorrelationId)
        {
            return reader.Failure;
        }

        var response = TResponse.Read(ref reader, BodyVersion(_version, frame.Span[reader.Position..]));
        if (!reader.HasFailed)
        {
            _cancellation.Dispose();
            _completion.TrySetResult(response);
        }

        return reader.Failure;
    }

    public override void Fail(KafkaConnectionException failure)
    {
        _cancellation.Dispose();
        _completion.TrySetException(failure);
    }

    /// <summary>The version of the body that came.</summary>
    protected virtual short BodyVersion(short version, ReadOnlySpan<byte> body) => version;
}
