namespace Actors.Log;

/// <summary>A record that owns its bytes.</summary>
public sealed record Record
{
    /// <summary>Offset in its partition.</summary>
    public required long Offset { get; init; }

    /// <summary>Milliseconds since 1970, or -1.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>The key, or null; empty is not null.</summary>
    public ReadOnlyMemory<byte>? Key { get; init; }

    /// <summary>The value, or null: in a compacted topic that deletes the key.</summary>
    public ReadOnlyMemory<byte>? Value { get; init; }

    /// <summary>Headers in the order of the producer.</summary>
    public IReadOnlyList<RecordHeader> Headers { get; init; } = [];
}
