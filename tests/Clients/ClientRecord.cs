namespace Actors.Clients.Tests;

/// <summary>A record as every client can say it; byte strings are base64, null stays null.</summary>
public sealed record ClientRecord(string Topic, int Partition, string? Key, string? Value, IReadOnlyList<ClientHeader> Headers)
{
    /// <summary>Where a consumer has read it; -1 before.</summary>
    public long Offset { get; init; } = -1;

    /// <summary>All that must come back, on one line; the offset is left out.</summary>
    public string Content => $"{Topic}/{Partition} {Key ?? "null"}={Value ?? "null"} [{string.Join(' ', Headers.Select(header => $"{header.Name}:{header.Value ?? "null"}"))}]";
}
