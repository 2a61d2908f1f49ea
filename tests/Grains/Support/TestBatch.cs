using Actors.Log;

namespace Actors.Grains.Tests.Support;

/// <summary>Record batches as clients send them.</summary>
public static class TestBatch
{
    /// <param name="tag">Written into every value, so that a batch can be recognised.</param>
    public static byte[] Of(int records = 1, long producerId = -1, short epoch = -1, int sequence = -1, long timestampMs = 1_000, string tag = "x", int valueBytes = 0)
    {
        var builder = new RecordBatchBuilder(new RecordBatchOptions { ProducerId = producerId, ProducerEpoch = epoch, BaseSequence = sequence });
        for (var index = 0; index < records; index++)
            builder.Append(timestampMs + index, null, System.Text.Encoding.UTF8.GetBytes($"{tag}-{index}".PadRight(valueBytes)));
        return builder.Build();
    }

    public static RecordBatchHeader HeaderOf(ReadOnlySpan<byte> batch)
    {
        Assert.True(RecordBatchHeader.TryParse(batch, out var header));
        return header;
    }

    /// <summary>The headers of all batches in a run of batches.</summary>
    public static List<RecordBatchHeader> HeadersOf(ReadOnlySpan<byte> batches)
    {
        var headers = new List<RecordBatchHeader>();
        while (!batches.IsEmpty)
        {
            var header = HeaderOf(batches);
            headers.Add(header);
            batches = batches[(int)header.SizeBytes..];
        }

        return headers;
    }
}
