namespace Actors.Log;

/// <summary>How the records of a batch are compressed: bits 0 to 2 of its attributes.</summary>
/// <remarks>Source: Kafka's RecordBatch v2. The values 5 to 7 have no meaning and are refused.</remarks>
public enum CompressionCodec
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}
