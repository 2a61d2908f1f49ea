using System.Buffers;
using Actors.Grains.Partitions;
using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <content>From requests to their handlers.</content>
internal sealed partial class ClientSession
{
    private Task _blocking = Task.CompletedTask;

    /// <param name="frame">Header and body.</param>
    /// <param name="reservedBytes">What the request has reserved; 0 afterwards when its exchange gives it back.</param>
    /// <param name="batch">Takes the ring when an answer is ready at once.</param>
    /// <returns>False when the connection must end.</returns>
    private bool TryAccept(in ReadOnlySequence<byte> frame, ref long reservedBytes, ref CompletionBatch batch)
    {
        var bytes = _frames.Contiguous(frame);
        var reader = new KafkaReader(bytes);
        if (!RequestHeader.TryRead(ref reader, out var header))
        {
            GatewayLog.MalformedHeader(_services.Logger, _client.Remote, bytes.Length);
            return false;
        }

        if (!_services.Served.TryGet(header.ApiKey, out var handler))
        {
            GatewayLog.UnknownApi(_services.Logger, _client.Remote, (short)header.ApiKey, header.Version);
            return false;
        }

        if (header.Version < handler.MinVersion || header.Version > handler.MaxVersion)
        {
            return TryRefuseVersion(header, handler, ref batch);
        }

        if (header.ApiKey == ApiKey.Produce)
        {
            return TryAcceptProduce(header, bytes[reader.Position..], ref batch);
        }

        var exchange = new BodyExchange(header.CorrelationId, header.Version, _lastReadTimestamp, _ring);
        exchange.Hold(bytes.Length, _services.Parsing, reservedBytes);
        reservedBytes = 0;
        // The client id is a slice of the frame too, so the request keeps a copy of the whole.
        var copy = bytes.ToArray();
        var kept = header with { ClientIdUtf8 = header.ClientIdUtf8?.ToArray() };
        _ring.Enqueue(exchange);
        Start(handler, new KafkaRequest(kept, copy.AsMemory(reader.Position), _client, exchange, Answered) { Hurry = _ending.Token });
        return true;
    }

    private bool TryAcceptProduce(in RequestHeader header, ReadOnlyMemory<byte> body, ref CompletionBatch batch)
    {
        if (!_produce.TryAccept(header, body, _lastReadTimestamp, ref batch, out var expiresAtTimestamp))
        {
            GatewayLog.MalformedRequest(_services.Logger, _client.Remote, header.ApiKey, header.Version, body.Length);
            return false;
        }

        _clock.LookAt(expiresAtTimestamp);
        return true;
    }

    /// <summary>Only ApiVersions has an answer to a version that is not known (KIP-511); like Kafka, the connection ends otherwise.</summary>
    private bool TryRefuseVersion(in RequestHeader header, IKafkaHandler handler, ref CompletionBatch batch)
    {
        if (header.ApiKey != ApiKey.ApiVersions)
        {
            GatewayLog.UnsupportedVersion(_services.Logger, _client.Remote, header.ApiKey, header.Version, handler.MinVersion, handler.MaxVersion);
            return false;
        }

        var exchange = new BodyExchange(header.CorrelationId, version: 0, _lastReadTimestamp, _ring);
        _ring.Enqueue(exchange);
        exchange.Answer(new MessageBody(_services.ApiVersions.UnsupportedVersion()));
        _services.Metrics.Answered(ApiKey.ApiVersions, ErrorCode.UnsupportedVersion);
        _ring.JoinBatch(ref batch);
        return true;
    }

    private void Start(IKafkaHandler handler, KafkaRequest request)
    {
        var handling = HandleAsync(handler, request);
        if (!handler.Overlaps)
        {
            _blocking = handling;
        }
    }

    private async Task HandleAsync(IKafkaHandler handler, KafkaRequest request)
    {
        var span = GatewayTraces.Start(request.Header);
        try
        {
            await handler.HandleAsync(request, _gone);
            GatewayTraces.End(span, request.Error);
        }
        catch (MalformedMessageException malformed)
        {
            GatewayLog.MalformedRequest(_services.Logger, _client.Remote, request.Header.ApiKey, request.Version, request.Body.Length);
            Abort(malformed.Message);
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
        catch (Exception failure)
        {
            // Not every API can say "unknown error", and silence would look like a hang: the client sees a closed connection and retries.
            GatewayLog.HandlerFailed(_services.Logger, _client.Remote, request.Header.ApiKey, request.Version, failure);
            _services.Metrics.Answered(request.Header.ApiKey, ErrorCode.UnknownServerError);
            Abort("a request has failed");
        }
        finally
        {
            span?.Dispose();
            request.Handled();
        }
    }

    private void Answered(KafkaRequest request, ErrorCode error)
    {
        _services.Metrics.Answered(request.Header.ApiKey, error);
        _ring.Drain();
    }
}
