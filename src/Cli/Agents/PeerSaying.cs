namespace Actors.Cli.Agents;

/// <summary>Something that a peer said.</summary>
internal sealed record PeerSaying(string Kind, long? Epoch, long? Sequence, int? NodeId, int? Generation)
{
    /// <summary>Epoch and number; of connections from one millisecond the last digits differ.</summary>
    public string Version => Epoch is null ? "-" : Sequence is null ? $"{Epoch}" : $"{Epoch}/{Sequence}";

    public string Where => NodeId is null ? "-" : $"node {NodeId} run {Generation}";
}
