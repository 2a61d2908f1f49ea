using Actors.Kafka.Messages;
using Actors.Kafka.Tests.Model;

namespace Actors.Kafka.Tests.Fuzz;

/// <summary>
/// Says whether the codec behaved: it refuses by a value, allocates in proportion, and what it accepts it can write; that is
/// what the slow encoder writes as well, and reading it again gives the same.
/// </summary>
internal static class FuzzOracle
{
    private const long AllowedBase = 16 * 1024;
    private const long AllowedPerByte = 160;

    private static readonly MessageCodec ApiVersionsCodec = ProtocolTable.Codec(nameof(ApiVersionsRequest));

    /// <summary>Reads the input and checks everything.</summary>
    /// <returns>Whether it was accepted.</returns>
    public static bool Check(FuzzInput input)
    {
        var reader = new KafkaReader(input.Bytes);
        var message = Read(ref reader, input, out var codec, out var version, out var allocated);
        Assert.True(allocated <= AllowedBase + (AllowedPerByte * input.Bytes.Length), $"{allocated} bytes allocated for {input.Bytes.Length}.");
        if (codec.Name == nameof(ProduceRequest))
        {
            CheckWalker(input, version, reader.Failure, message as ProduceRequest);
        }

        if (reader.HasFailed || message is null)
        {
            Assert.True(reader.Remaining == 0 || message is null);
            return false;
        }

        var written = KafkaMessage.ToArray(message, version);
        Assert.Equal(written.Length, message.SizeOf(version));
        Assert.Equal(ReferenceEncoder.Encode(codec, message, version), written);
        var again = codec.Decode(written, version);
        Assert.Null(MessageComparer.Difference(message, again, codec.Name));
        return true;
    }

    private static IKafkaMessage? Read(ref KafkaReader reader, FuzzInput input, out MessageCodec codec, out short version, out long allocated)
    {
        version = input.Version;
        codec = input.Codec ?? ApiVersionsCodec;
        var before = GC.GetAllocatedBytesForCurrentThread();
        if (input.Target == FuzzTarget.Message)
        {
            var message = codec.Read(ref reader, version);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            return message;
        }

        if (!RequestHeader.TryRead(ref reader, out var header) || !ApiTable.TryGet(header.ApiKey, out var api) || !api.Knows(header.Version))
        {
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            return null;
        }

        version = header.Version;
        var request = api.ReadRequest(ref reader, version);
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        codec = ProtocolTable.Codec($"{api.Name}Request");
        return request;
    }

    private static void CheckWalker(FuzzInput input, short version, Malformation failure, ProduceRequest? request)
    {
        var start = 0;
        if (input.Target == FuzzTarget.RequestFrame)
        {
            var reader = new KafkaReader(input.Bytes);
            Assert.True(RequestHeader.TryRead(ref reader, out _));
            start = reader.Position;
        }

        var walker = new ProduceRequestReader(input.Bytes.AsMemory(start), version);
        var partitions = 0;
        while (walker.ReadTopic())
        {
            while (walker.ReadPartition())
            {
                partitions++;
            }
        }

        Assert.Equal(failure, walker.Failure);
        if (failure == Malformation.None)
        {
            Assert.Equal(request!.TopicData.Sum(t => t.PartitionData.Count), partitions);
        }
    }
}
