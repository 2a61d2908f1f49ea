using System.Buffers.Binary;
using Actors.Kafka;
using Actors.Kafka.Client;
using Actors.Kafka.Messages;

namespace Actors.Clients.Tests;

/// <summary>What the header of a stored batch says: nobody has unpacked it on the way.</summary>
/// <param name="Codec">The codec's name.</param>
/// <param name="ProducerId">-1 where the producer was not idempotent.</param>
public sealed record StoredBatch(string Codec, long ProducerId)
{
    private const short FetchVersion = 12;
    private const int LengthAt = 8;
    private const int AttributesAt = 21;
    private const int ProducerIdAt = 43;
    private static readonly string[] Codecs = ["none", "gzip", "snappy", "lz4", "zstd"];

    /// <summary>All batches of a partition, as a fetch gives them.</summary>
    public static async Task<List<StoredBatch>> ReadAllAsync(int port, string topic, int partition)
    {
        await using var connection = await KafkaConnection.ConnectAsync("127.0.0.1", port, new KafkaConnectionOptions(), TimeProvider.System, CancellationToken.None);
        var batches = new List<StoredBatch>();
        for (long offset = 0, end = 1; offset < end;)
        {
            var request = new FetchRequest
            {
                MinBytes = 1,
                MaxBytes = 1 << 20,
                Topics =
                [
                    new FetchRequest.FetchTopic
                    {
                        Topic = topic,
                        Partitions = [new FetchRequest.FetchPartition { Partition = partition, FetchOffset = offset, PartitionMaxBytes = 1 << 20 }],
                    },
                ],
            };
            var answer = (await connection.SendAsync(request, FetchVersion, TimeSpan.FromSeconds(30), CancellationToken.None)).Responses[0].Partitions[0];
            Assert.Equal(ErrorCode.None, answer.ErrorCode);
            end = answer.HighWatermark;
            for (var rest = answer.Records!.Value; !rest.IsEmpty; rest = rest[(BinaryPrimitives.ReadInt32BigEndian(rest.Span[LengthAt..]) + LengthAt + sizeof(int))..])
            {
                batches.Add(Parse(rest.Span));
                offset = BinaryPrimitives.ReadInt64BigEndian(rest.Span) + BinaryPrimitives.ReadInt32BigEndian(rest.Span[(AttributesAt + sizeof(short))..]) + 1;
            }
        }

        return batches;
    }

    private static StoredBatch Parse(ReadOnlySpan<byte> batch) => new(
        Codecs[BinaryPrimitives.ReadInt16BigEndian(batch[AttributesAt..]) & 7],
        BinaryPrimitives.ReadInt64BigEndian(batch[ProducerIdAt..]));
}
