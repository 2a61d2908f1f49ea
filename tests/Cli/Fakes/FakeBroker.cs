using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using Actors.Harness;
using Actors.Kafka;
using Actors.Kafka.Messages;

namespace Actors.Cli.Tests;

/// <summary>A Kafka broker on loopback whose answers a test writes down; requests of one connection are answered in order.</summary>
internal sealed class FakeBroker : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly ConcurrentDictionary<ApiKey, (short Lowest, short Highest, Func<IKafkaRequest, short, Task<IKafkaResponse?>> Answer)> _apis = new();
    private readonly ConcurrentDictionary<Socket, bool> _sockets = new();
    private int _accepted;

    public FakeBroker() => _server = new(ServeAsync);

    public int Port => _server.Port;

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Connections that were accepted so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>What was asked so far, but for versions.</summary>
    public ConcurrentQueue<IKafkaRequest> Requests { get; } = new();

    /// <summary>Says how an API is answered; null closes the connection.</summary>
    public FakeBroker Answer<TRequest>(ApiKey key, short lowest, short highest, Func<TRequest, short, Task<IKafkaResponse?>> answer)
        where TRequest : IKafkaRequest
    {
        _apis[key] = (lowest, highest, (request, version) => answer((TRequest)request, version));
        return this;
    }

    /// <inheritdoc cref="Answer{TRequest}(ApiKey, short, short, Func{TRequest, short, Task{IKafkaResponse?}})"/>
    public FakeBroker Answer<TRequest>(ApiKey key, short lowest, short highest, Func<TRequest, IKafkaResponse?> answer)
        where TRequest : IKafkaRequest => Answer<TRequest>(key, lowest, highest, (request, _) => Task.FromResult(answer(request)));

    /// <summary>Breaks every connection that is open now.</summary>
    public void BreakConnections()
    {
        foreach (var socket in _sockets.Keys)
        {
            socket.Dispose();
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        Interlocked.Increment(ref _accepted);
        _sockets.TryAdd(socket, true);
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var written = Task.CompletedTask;
            var prefix = new byte[4];
            while (await stream.ReadAtLeastAsync(prefix, 4, throwOnEndOfStream: false, stopping) == 4)
            {
                var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
                await stream.ReadExactlyAsync(frame, stopping);
                var (key, version, correlationId, request) = Parse(frame);
                var answer = key == ApiKey.ApiVersions ? Task.FromResult<IKafkaResponse?>(ListVersions()) : _apis[key].Answer(request, version);
                if (key != ApiKey.ApiVersions)
                {
                    Requests.Enqueue(request);
                }

                if (request is not ProduceRequest { Acks: 0 })
                {
                    written = WriteAsync(written, stream, answer, version, correlationId);
                }
            }

            await written.WaitAsync(stopping);
        }
        finally
        {
            _sockets.TryRemove(socket, out _);
        }
    }

    private static async Task WriteAsync(Task previous, NetworkStream stream, Task<IKafkaResponse?> answer, short version, int correlationId)
    {
        await previous;
        if (await answer is not { } response)
        {
            stream.Close();
            return;
        }

        var output = new ArrayBufferWriter<byte>();
        KafkaFrame.WriteResponse(output, response, version, correlationId);
        await stream.WriteAsync(output.WrittenMemory);
    }

    private static (ApiKey Key, short Version, int CorrelationId, IKafkaRequest Request) Parse(byte[] frame)
    {
        var reader = new KafkaReader(frame);
        Assert.True(RequestHeader.TryRead(ref reader, out var header));
        var request = ApiTable.Get(header.ApiKey).ReadRequest(ref reader, header.Version);
        Assert.False(reader.HasFailed);
        return (header.ApiKey, header.Version, header.CorrelationId, request);
    }

    private ApiVersionsResponse ListVersions() => new()
    {
        ApiKeys =
        [
            new() { ApiKey = (short)ApiKey.ApiVersions, MinVersion = 0, MaxVersion = 4 },
            .. _apis.Select(api => new ApiVersionsResponse.ApiVersion { ApiKey = (short)api.Key, MinVersion = api.Value.Lowest, MaxVersion = api.Value.Highest }),
        ],
    };
}
