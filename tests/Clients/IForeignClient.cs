namespace Actors.Clients.Tests;

/// <summary>A Kafka client that is not ours, driven as its users drive it.</summary>
public interface IForeignClient
{
    /// <summary>The codecs that it can produce with.</summary>
    IReadOnlyList<string> Codecs => ["none", "gzip", "snappy", "lz4", "zstd"];

    /// <summary>Whether it tells an empty value from none.</summary>
    bool KnowsEmptyValues => true;

    /// <summary>Whether it produces with a producer id and sequence numbers.</summary>
    bool IsIdempotent { get; }

    /// <summary>Produces with acks=all and returns when every record is acknowledged.</summary>
    Task ProduceAsync(string bootstrap, string topic, string codec, IReadOnlyList<ClientRecord> records);

    /// <summary>Joins the group, reads <paramref name="count"/> records from the committed offsets (the start when there are none), commits, leaves.</summary>
    Task<IReadOnlyList<ClientRecord>> ConsumeAsync(string bootstrap, IReadOnlyList<string> topics, string group, int count);
}
