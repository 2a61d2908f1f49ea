using System.Runtime.InteropServices;
using Actors.Kafka.Messages;

namespace Actors.Kafka.Tests.Streaming;

/// <summary>Record bytes are never copied by reading: they lie in the frame that they came in.</summary>
public sealed class SlicesTests
{
    private const int RecordBytes = 1 << 20;

    public static TheoryData<short> ProduceVersions => [.. Enumerable.Range(0, 14).Select(version => (short)version)];

    public static TheoryData<short> FetchVersions => [.. Enumerable.Range(4, 14).Select(version => (short)version)];

    [Theory]
    [MemberData(nameof(ProduceVersions))]
    public void Produced_records_are_slices_of_the_frame(short version)
    {
        var frame = KafkaMessage.ToArray(
            new ProduceRequest { TopicData = [new() { Name = version < 13 ? "t" : "", PartitionData = [new() { Records = Records() }] }] }, version);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var walker = new ProduceRequestReader(frame, version);
        Assert.True(walker.ReadTopic() && walker.ReadPartition());
        var walked = walker.Records;
        var read = KafkaMessage.Read<ProduceRequest>(frame, version).TopicData[0].PartitionData[0].Records!.Value;

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < RecordBytes / 16, "more was allocated than the message without its records");
        AssertIsSlice(frame, walked);
        AssertIsSlice(frame, read);
    }

    [Theory]
    [MemberData(nameof(FetchVersions))]
    public void Fetched_records_are_slices_of_the_frame(short version)
    {
        var frame = KafkaMessage.ToArray(
            new FetchResponse { Responses = [new() { Topic = version < 13 ? "t" : "", Partitions = [new() { Records = Records() }] }] }, version);

        AssertIsSlice(frame, KafkaMessage.Read<FetchResponse>(frame, version).Responses[0].Partitions[0].Records!.Value);
    }

    private static byte[] Records()
    {
        var records = new byte[RecordBytes];
        new Random(1).NextBytes(records);
        return records;
    }

    private static void AssertIsSlice(byte[] frame, ReadOnlyMemory<byte> records)
    {
        Assert.Equal(RecordBytes, records.Length);
        Assert.True(MemoryMarshal.TryGetArray(records, out var slice));
        Assert.Same(frame, slice.Array);
    }
}
