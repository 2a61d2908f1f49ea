using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Actors.Kafka.Client;

/// <content>Requests go into one buffer while the one before it is being written, so that one write carries many.</content>
public sealed partial class KafkaConnection
{
    private const int KeptBufferBytes = 1024 * 1024;

    private ArrayBufferWriter<byte> _unsent = new();
    private ArrayBufferWriter<byte> _sending = new();
    private TaskCompletionSource? _written;
    private bool _isSending;

    /// <summary>Sends a request in the highest version that both sides know, and waits for its response.</summary>
    /// <param name="request">The request; read before this returns.</param>
    /// <param name="token">Stops this caller's waiting.</param>
    /// <exception cref="KafkaConnectionException">The connection or the request came to nothing.</exception>
    /// <exception cref="MessageEncodingException">The version cannot carry the request.</exception>
    public Task<TResponse> SendAsync<TResponse>([NotNull] IKafkaRequest<TResponse> request, CancellationToken token)
        where TResponse : class, IKafkaResponse, IKafkaMessage<TResponse>
    {
        if (!Versions.TryChoose(request.ApiKey, out var version))
        {
            return Task.FromException<TResponse>(new KafkaConnectionException(
                KafkaConnectionFailure.NoCommonVersion, Broker, mayHaveBeenApplied: false, $"The request is {request.ApiKey}.", null));
        }

        return SendAsync(request, version, _options.RequestTimeout, token);
    }

    /// <summary>Sends a request in a version of the caller's choice, and waits for its response.</summary>
    /// <param name="request">The request; read before this returns.</param>
    /// <param name="version">Any version that the codec knows, whatever the broker says that it serves.</param>
    /// <param name="timeout">How long the response may take; a long poll needs more than it asks the broker to wait.</param>
    /// <param name="token">Stops this caller's waiting.</param>
    /// <exception cref="KafkaConnectionException">The connection or the request came to nothing.</exception>
    /// <exception cref="MessageEncodingException">The version cannot carry the request.</exception>
    /// <exception cref="UnsupportedVersionException">The codec does not know the version.</exception>
    public Task<TResponse> SendAsync<TResponse>([NotNull] IKafkaRequest<TResponse> request, short version, TimeSpan timeout, CancellationToken token)
        where TResponse : class, IKafkaResponse, IKafkaMessage<TResponse>
    {
        if (token.IsCancellationRequested)
        {
            return Task.FromCanceled<TResponse>(token);
        }

        try
        {
            var pending = new PendingRequest<TResponse>(ApiTable.Get(request.ApiKey), version, token);
            Enqueue(request, version, pending, timeout);
            return pending.Response;
        }
        catch (Exception refused) when (refused is KafkaConnectionException or MessageEncodingException or UnsupportedVersionException)
        {
            return Task.FromException<TResponse>(refused);
        }
    }

    /// <summary>Sends a request that brokers do not answer: a produce request with acks=0.</summary>
    /// <returns>When the bytes are with the operating system; that says nothing about the broker.</returns>
    /// <inheritdoc cref="SendAsync{TResponse}(IKafkaRequest{TResponse}, short, TimeSpan, CancellationToken)"/>
    public Task PostAsync(IKafkaRequest request, short version, CancellationToken token)
    {
        try
        {
            return Enqueue(request, version, pending: null, Timeout.InfiniteTimeSpan).WaitAsync(token);
        }
        catch (Exception refused) when (refused is KafkaConnectionException or MessageEncodingException or UnsupportedVersionException)
        {
            return Task.FromException(refused);
        }
    }

    /// <summary>Puts a request into the buffer and sees that the buffer is written.</summary>
    /// <returns>When the bytes are written, for a request without a response; else completed.</returns>
    private Task Enqueue(IKafkaRequest request, short version, PendingRequest? pending, TimeSpan timeout)
    {
        bool startsSending, isAlone;
        Task written;
        lock (_gate)
        {
            if (_failure is not null)
            {
                throw NotSent(_failure);
            }

            if (_pending.Count >= _options.MaxRequestsInFlight || _unsent.WrittenCount >= _options.MaxUnsentBytes)
            {
                throw new KafkaConnectionException(KafkaConnectionFailure.Busy, Broker, mayHaveBeenApplied: false, "", null);
            }

            // Correlation ids stay positive and come around after 2^31 requests.
            var correlationId = _lastCorrelationId == int.MaxValue ? 1 : _lastCorrelationId + 1;
            KafkaFrame.WriteRequest(_unsent, request, version, correlationId, _clientIdUtf8);
            _lastCorrelationId = correlationId;
            isAlone = _pending.Count == 0;
            if (pending is not null)
            {
                pending.CorrelationId = correlationId;
                Watch(pending, timeout);
                _pending.Enqueue(pending);
                written = Task.CompletedTask;
            }
            else
            {
                _written ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                written = _written.Task;
            }

            startsSending = !_isSending;
            _isSending = true;
        }

        if (startsSending && isAlone)
        {
            _ = WriteAsync();
        }
        else if (startsSending)
        {
            // Others send too: what they add until the loop runs goes out with this request.
            ThreadPool.UnsafeQueueUserWorkItem(static connection => _ = connection.WriteAsync(), this, preferLocal: false);
        }

        return written;
    }

    private void Watch(PendingRequest pending, TimeSpan timeout)
    {
        var now = _time.GetTimestamp();
        pending.Deadline = timeout == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : now + (long)(timeout.TotalSeconds * _time.TimestampFrequency);
        if (pending.Deadline < _nextDeadline)
        {
            _nextDeadline = pending.Deadline;
            _deadlines.Change(Until(_nextDeadline, now), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes until nothing is left. Runs once at a time: whoever sets <see cref="_isSending"/> starts it.</summary>
    private async Task WriteAsync()
    {
        try
        {
            while (TakeUnsent(out var bytes, out var written))
            {
                try
                {
                    await _stream.WriteAsync(bytes, _closing.Token).ConfigureAwait(false);
                    written?.TrySetResult();
                }
                catch (Exception broken)
                {
                    Close(KafkaConnectionFailure.ClosedByBroker, broken.Message, broken);
                    written?.TrySetException(Failure!);
                }
            }
        }
        catch (Exception unforeseen)
        {
            Close(KafkaConnectionFailure.ClosedHere, unforeseen.Message, unforeseen);
        }
    }

    private bool TakeUnsent(out ReadOnlyMemory<byte> bytes, out TaskCompletionSource? written)
    {
        lock (_gate)
        {
            bytes = default;
            written = null;
            if (_failure is not null || _unsent.WrittenCount == 0)
            {
                _isSending = false;
                return false;
            }

            (_unsent, _sending) = (_sending, _unsent);
            if (_unsent.Capacity > KeptBufferBytes)
            {
                _unsent = new ArrayBufferWriter<byte>();
            }

            _unsent.ResetWrittenCount();
            bytes = _sending.WrittenMemory;
            (written, _written) = (_written, null);
            return true;
        }
    }
}
