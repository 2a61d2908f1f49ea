using System.Text;

namespace Actors.Log;

/// <summary>A record where it lies; valid while its batch stays as it is.</summary>
public readonly ref struct RecordView
{
    private readonly ReadOnlySpan<byte> _headers;

    private RecordView(long offset, long timestampMs, bool hasKey, ReadOnlySpan<byte> key, bool hasValue, ReadOnlySpan<byte> value, int headerCount, ReadOnlySpan<byte> headers)
    {
        Offset = offset;
        TimestampMs = timestampMs;
        HasKey = hasKey;
        Key = key;
        HasValue = hasValue;
        Value = value;
        HeaderCount = headerCount;
        _headers = headers;
    }

    /// <summary>Offset in its partition.</summary>
    public long Offset { get; }

    /// <summary>Milliseconds since 1970, or -1.</summary>
    public long TimestampMs { get; }

    /// <summary>False when the key is null; an empty key is one.</summary>
    public bool HasKey { get; }

    /// <summary>The key; empty when it is null.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>False when the value is null; an empty value is one.</summary>
    public bool HasValue { get; }

    /// <summary>The value; empty when it is null.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Number of headers.</summary>
    public int HeaderCount { get; }

    /// <summary>Copies the headers.</summary>
    public RecordHeader[] CopyHeaders()
    {
        if (HeaderCount == 0)
            return [];
        var headers = new RecordHeader[HeaderCount];
        int at = 0;
        for (int i = 0; i < headers.Length; i++)
        {
            if (!TryTake(_headers, ref at, out bool _, out ReadOnlySpan<byte> key) || !TryTake(_headers, ref at, out bool hasValue, out ReadOnlySpan<byte> value))
                throw new InvalidOperationException("The memory of a record changed while it was read.");
            headers[i] = new RecordHeader(Encoding.UTF8.GetString(key), hasValue ? value.ToArray() : default(ReadOnlyMemory<byte>?));
        }

        return headers;
    }

    /// <summary>Copies the record.</summary>
    public Record ToRecord() => new()
    {
        Offset = Offset,
        TimestampMs = TimestampMs,
        Key = HasKey ? Key.ToArray() : default(ReadOnlyMemory<byte>?),
        Value = HasValue ? Value.ToArray() : default(ReadOnlyMemory<byte>?),
        Headers = CopyHeaders(),
    };

    /// <summary>Reads the record at <paramref name="at"/> and moves past it.</summary>
    /// <returns>False when it is malformed.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> records, scoped ref int at, scoped in RecordBatchHeader batch, out RecordView record)
    {
        record = default;
        if (!Varint.TryReadInt(records, ref at, out int length) || length < 1 || length > records.Length - at)
            return false;
        ReadOnlySpan<byte> body = records.Slice(at, length);
        at += length;
        int inside = 1; // attributes have no bits in use
        if (!Varint.TryReadLong(body, ref inside, out long timestampDeltaMs) || !Varint.TryReadInt(body, ref inside, out int offsetDelta))
            return false;
        if (!TryTake(body, ref inside, out bool hasKey, out ReadOnlySpan<byte> key) || !TryTake(body, ref inside, out bool hasValue, out ReadOnlySpan<byte> value))
            return false;
        if (!Varint.TryReadInt(body, ref inside, out int headerCount) || headerCount < 0 || headerCount > body.Length - inside)
            return false;
        ReadOnlySpan<byte> headers = body[inside..];
        for (int i = 0; i < headerCount; i++)
        {
            if (!TryTake(body, ref inside, out bool hasName, out _) || !hasName || !TryTake(body, ref inside, out _, out _))
                return false;
        }

        if (inside != body.Length)
            return false;
        long timestampMs = batch.TimestampType == TimestampType.LogAppendTime ? batch.MaxTimestampMs : unchecked(batch.BaseTimestampMs + timestampDeltaMs);
        record = new RecordView(batch.BaseOffset + offsetDelta, timestampMs, hasKey, key, hasValue, value, headerCount, headers);
        return true;
    }

    private static bool TryTake(ReadOnlySpan<byte> body, scoped ref int at, out bool isThere, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        isThere = Varint.TryReadInt(body, ref at, out int length) && length >= 0;
        if (!isThere)
            return length == -1;
        if (length > body.Length - at)
            return false;
        bytes = body.Slice(at, length);
        at += length;
        return true;
    }
}
