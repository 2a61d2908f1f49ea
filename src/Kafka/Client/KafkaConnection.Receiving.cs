namespace Actors.Kafka.Client;

/// <content>One loop reads responses and hands each to the oldest request that waits.</content>
public sealed partial class KafkaConnection
{
    private async Task ReceiveAsync()
    {
        try
        {
            var frames = new FrameSource(_stream, _options.MaxResponseBytes);
            while (await frames.ReadAsync(_closing.Token).ConfigureAwait(false) is { } frame)
            {
                if (!Deliver(frame))
                {
                    return;
                }
            }

            Close(KafkaConnectionFailure.ClosedByBroker, "", null);
        }
        catch (InvalidDataException invalid)
        {
            Close(KafkaConnectionFailure.InvalidResponseSize, invalid.Message, invalid);
        }
        catch (Exception broken)
        {
            // Also when this side has closed already: then the first reason stands.
            Close(KafkaConnectionFailure.ClosedByBroker, broken.Message, broken);
        }
    }

    private bool Deliver(byte[] frame)
    {
        // Out of the queue first: whoever continues with the response finds room for the next request.
        PendingRequest? request;
        lock (_gate)
        {
            _pending.TryDequeue(out request);
        }

        if (request is null)
        {
            Close(KafkaConnectionFailure.UnexpectedResponse, "No request waits.", null);
            return false;
        }

        var malformation = request.Complete(frame, out var correlationId);
        if (malformation == Malformation.None && correlationId == request.CorrelationId)
        {
            return true;
        }

        if (malformation != Malformation.None)
        {
            Close(KafkaConnectionFailure.MalformedResponse, $"{malformation}.", null);
        }
        else
        {
            Close(KafkaConnectionFailure.UnexpectedResponse, $"It carries {correlationId} instead of {request.CorrelationId}.", null);
        }

        request.Fail(Failure!);
        return false;
    }
}
