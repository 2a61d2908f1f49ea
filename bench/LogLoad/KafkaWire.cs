using System.Buffers;
using System.Buffers.Binary;
using Actors.Kafka;
using Actors.Kafka.Messages;
using Actors.Log;

namespace Actors.Bench.LogLoad;

/// <summary>Produce requests with acks=all, each with one batch for one partition; the requests go round the partitions.</summary>
/// <remarks>
/// Built once, with the time of then, which no retention is due for; the correlation id and the partition's number are patched.
/// </remarks>
internal sealed class KafkaWire : WireLoad
{
    private const short Version = 7;
    private const int CorrelationIdAt = 8;
    private readonly byte[] _request;
    private readonly int _partitionAt;
    private readonly int _partitions;
    private readonly int _firstPartition;
    private readonly int _errorAt;

    /// <summary>Requests to the partitions 0 to <paramref name="partitions"/> - 1, in turn from <paramref name="firstPartition"/> on.</summary>
    public KafkaWire(string topic, int partitions, int messages, int messageBytes, int firstPartition = 0)
    {
        _firstPartition = firstPartition;
        _partitions = partitions;
        MessagesPerRequest = messages;
        PayloadBytesPerRequest = messages * messageBytes;
        var payload = new byte[messageBytes];
        new Random(1).NextBytes(payload);
        var batch = new RecordBatchBuilder();
        var nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (var index = 0; index < messages; index++)
        {
            batch.Append(nowMs, null, payload);
        }

        var request = new ProduceRequest
        {
            Acks = -1,
            TimeoutMs = 30_000,
            TopicData =
            [
                new ProduceRequest.TopicProduceData
                {
                    Name = topic,
                    PartitionData = [new ProduceRequest.PartitionProduceData { Index = 0, Records = batch.Build() }],
                },
            ],
        };
        var output = new ArrayBufferWriter<byte>();
        KafkaFrame.WriteRequest(output, request, Version, correlationId: 0, "bench"u8.ToArray());
        _request = output.WrittenSpan.ToArray();
        // The batch is the last thing in the request; its size and the partition's number stand in front of it.
        _partitionAt = _request.Length - batch.Build().Length - 4 - 4;
        // Size, correlation id, one topic with its name, one partition with its number; then the error.
        _errorAt = 4 + 4 + 4 + 2 + topic.Length + 4 + 4;
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Request => _request;

    /// <inheritdoc/>
    public override int MessagesPerRequest { get; }

    /// <inheritdoc/>
    public override int PayloadBytesPerRequest { get; }

    /// <inheritdoc/>
    public override void Number(Span<byte> request, int number)
    {
        BinaryPrimitives.WriteInt32BigEndian(request[CorrelationIdAt..], number);
        BinaryPrimitives.WriteInt32BigEndian(request[_partitionAt..], (_firstPartition + number) % _partitions);
    }

    /// <inheritdoc/>
    public override int TakeAnswer(ReadOnlySpan<byte> received)
    {
        if (received.Length < 4)
        {
            return 0;
        }

        var size = 4 + BinaryPrimitives.ReadInt32BigEndian(received);
        if (received.Length < size)
        {
            return 0;
        }

        var error = (ErrorCode)BinaryPrimitives.ReadInt16BigEndian(received[_errorAt..]);
        return error == ErrorCode.None ? size : throw new InvalidDataException($"a produce request was refused: {error}");
    }
}
