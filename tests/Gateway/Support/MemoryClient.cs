using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Actors.Gateway.Kafka;
using Actors.Grains;
using Actors.Grains.Partitions;
using Actors.Grains.Tests.Support;
using Actors.Kafka;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Gateway.Tests.Support;

/// <summary>
/// A client without a socket, on the clock of its listener: when <see cref="Send(ReadOnlyMemory{byte})"/> returns, the broker has read what was sent
/// and has gone on until it waits for something.
/// </summary>
internal sealed class MemoryClient : IAsyncDisposable
{
    private static readonly PipeOptions Inline = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly Pipe _sent = new(Inline);
    private readonly Pipe _answered = new(Inline);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DefaultConnectionContext _connection;
    private readonly Task _session;

    private MemoryClient(KafkaConnectionHandler listener)
    {
        _connection = new DefaultConnectionContext("memory", new Duplex(_sent.Reader, _answered.Writer), new Duplex(_answered.Reader, _sent.Writer));
        _connection.ConnectionClosed.Register(() =>
        {
            _sent.Writer.Complete();
            _closed.TrySetResult();
        });
        _session = listener.OnConnectedAsync(_connection);
    }

    /// <summary>Whether the broker has closed the connection.</summary>
    public bool IsClosed => _closed.Task.IsCompleted;

    /// <summary>What all clients of one listener share: limits, budgets and a clock of their own, and the rig's topics and groups.</summary>
    /// <param name="logger">Told what the connections report; nobody is when it is null.</param>
    public static KafkaConnectionHandler Listen(GatewayRig rig, KafkaGatewayOptions options, TimeProvider time, ILogger<KafkaConnectionHandler>? logger = null)
    {
        var services = rig.Services;
        var fetches = new FetchServices(
            rig.Catalog,
            services.GetRequiredService<ReplicaRegistry>(),
            services.GetRequiredService<IReplicaOpener>(),
            services.GetRequiredService<IBrokerDirectory>(),
            services.GetRequiredService<FetchSessionCache>(),
            new TimerWheel(time),
            services.GetRequiredService<OutageLog>(),
            options);
        return new KafkaConnectionHandler(
            options,
            services.GetRequiredService<ProduceServices>(),
            new ServedApis([.. services.GetServices<IKafkaHandler>().Where(handler => handler.Key != ApiKey.Fetch), new FetchHandler(fetches)]),
            services.GetRequiredService<ApiVersionsHandler>(),
            rig.Metrics,
            time,
            logger ?? NullLogger<KafkaConnectionHandler>.Instance);
    }

    public static MemoryClient Connect(KafkaConnectionHandler listener) => new(listener);

    /// <summary>The bytes of a request, with its size in front.</summary>
    public static ReadOnlyMemory<byte> Frame(IKafkaRequest request, short version, int correlationId = 0)
    {
        var output = new ArrayBufferWriter<byte>();
        KafkaFrame.WriteRequest(output, request, version, correlationId, null);
        return output.WrittenMemory;
    }

    /// <summary>The same of a flexible version, with a field at the end that no broker knows.</summary>
    public static ReadOnlyMemory<byte> FrameWithUnknownField(IKafkaRequest request, short version)
    {
        const int FieldBytes = 8 << 20;
        var frame = Frame(request, version);
        Assert.Equal(0, frame.Span[^1]);
        // One field, with the number 100 and its size as a varint.
        byte[] field = [1, 100, 0x80, 0x80, 0x80, 0x04];
        var padded = new byte[frame.Length - 1 + field.Length + FieldBytes];
        frame.Span[..^1].CopyTo(padded);
        field.CopyTo(padded, frame.Length - 1);
        BinaryPrimitives.WriteInt32BigEndian(padded, padded.Length - KafkaFrame.PrefixBytes);
        return padded;
    }

    public void Send(ReadOnlyMemory<byte> bytes)
    {
        _sent.Writer.Write(bytes.Span);
        _ = _sent.Writer.FlushAsync().AsTask();
    }

    /// <summary>Sends a large request as it comes over a network: the connection is charged for its beginning before the rest is there.</summary>
    public void SendInTwo(ReadOnlyMemory<byte> bytes)
    {
        Send(bytes[..(bytes.Length / 2)]);
        Send(bytes[(bytes.Length / 2)..]);
    }

    /// <summary>The next answer, behind its size.</summary>
    public Task<byte[]> ReadAsync(string what) => TestGuard.SoonAsync(ReadFrameAsync(), what);

    public Task ClosedAsync(string what) => TestGuard.SoonAsync(_closed.Task, what);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connection.Abort();
        await TestGuard.SoonAsync(_session, "the session ends with its connection");
    }

    private async Task<byte[]> ReadFrameAsync()
    {
        var result = await _answered.Reader.ReadAtLeastAsync(KafkaFrame.PrefixBytes);
        var bytes = KafkaFrame.PrefixBytes + BinaryPrimitives.ReadInt32BigEndian(result.Buffer.Slice(0, KafkaFrame.PrefixBytes).ToArray());
        _answered.Reader.AdvanceTo(result.Buffer.Start);
        result = await _answered.Reader.ReadAtLeastAsync(bytes);
        var frame = result.Buffer.Slice(KafkaFrame.PrefixBytes, bytes - KafkaFrame.PrefixBytes).ToArray();
        _answered.Reader.AdvanceTo(result.Buffer.GetPosition(bytes));
        return frame;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
