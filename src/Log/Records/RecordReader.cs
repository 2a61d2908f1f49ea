using System.Buffers;

namespace Actors.Log;

/// <summary>Reads the records of one batch in order; what the batch holds compressed is decompressed whole, up to a limit.</summary>
/// <example>
/// <code>
/// BatchError error = RecordReader.Open(batch, maxDecompressedBytes, out RecordReader reader);
/// while (error == BatchError.None &amp;&amp; reader.TryRead(out RecordView record)) { … }
/// if (reader.Error != BatchError.None) { … }
/// </code>
/// </example>
public ref struct RecordReader
{
    private readonly ReadOnlySpan<byte> _records;
    private int _at;
    private int _read;

    private RecordReader(scoped in RecordBatchHeader header, ReadOnlySpan<byte> records)
    {
        Header = header;
        _records = records;
    }

    /// <summary>The batch's header.</summary>
    public RecordBatchHeader Header { get; }

    /// <summary>Why the last <see cref="TryRead"/> could not read a record that should be there; None at the end.</summary>
    public BatchError Error { get; private set; }

    /// <summary>Starts to read a batch.</summary>
    /// <param name="batch">A batch at the front of the span; its CRC is not looked at.</param>
    /// <param name="maxDecompressedBytes">Most bytes that compressed records may become.</param>
    /// <param name="reader">The reader; usable only when the answer is None.</param>
    /// <returns>None, or why the batch cannot be read; UnsupportedCodec also when the codec's library is missing.</returns>
    public static BatchError Open(ReadOnlySpan<byte> batch, int maxDecompressedBytes, out RecordReader reader)
    {
        reader = default;
        if (!RecordBatchHeader.TryParse(batch, out RecordBatchHeader header))
            return BatchError.Corrupt;
        if (header.Magic != RecordBatch.CurrentMagic)
            return BatchError.UnsupportedMagic;
        if (header.SizeBytes < RecordBatch.HeaderBytes || header.SizeBytes > batch.Length)
            return BatchError.Corrupt;

        ReadOnlySpan<byte> records = batch[RecordBatch.HeaderBytes..(int)header.SizeBytes];
        if (header.Codec == CompressionCodec.None)
        {
            reader = new RecordReader(header, records);
            return BatchError.None;
        }

        var decompressed = new ArrayBufferWriter<byte>();
        BatchError error;
        try
        {
            error = RecordCompression.Decompress(header.Codec, records, maxDecompressedBytes, decompressed);
        }
        catch (CodecUnavailableException)
        {
            error = BatchError.UnsupportedCodec;
        }

        if (error == BatchError.None)
            reader = new RecordReader(header, decompressed.WrittenSpan);
        return error;
    }

    /// <summary>Copies all records of a batch.</summary>
    /// <param name="batch">A batch at the front of the span.</param>
    /// <param name="maxDecompressedBytes">Most bytes that compressed records may become.</param>
    /// <param name="records">The records; those in front of a malformed one when the answer is not None.</param>
    public static BatchError ReadAll(ReadOnlySpan<byte> batch, int maxDecompressedBytes, out List<Record> records)
    {
        records = [];
        BatchError error = Open(batch, maxDecompressedBytes, out RecordReader reader);
        if (error != BatchError.None)
            return error;
        while (reader.TryRead(out RecordView record))
            records.Add(record.ToRecord());
        return reader.Error;
    }

    /// <summary>Reads the next record.</summary>
    /// <returns>False at the end, and when the record is malformed: then <see cref="Error"/> is set.</returns>
    public bool TryRead(out RecordView record)
    {
        record = default;
        if (Error != BatchError.None)
            return false;
        bool isComplete = _read == Header.RecordCount;
        if (isComplete ? _at == _records.Length : RecordView.TryParse(_records, ref _at, Header, out record))
        {
            _read++;
            return !isComplete;
        }

        Error = BatchError.InvalidRecord;
        return false;
    }
}
