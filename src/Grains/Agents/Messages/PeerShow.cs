using Orleans;

namespace Actors.Grains.Agents;

/// <summary>What a grain shows to the session that is attached to it.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Agents.Show")]
public sealed record PeerShow
{
    /// <summary>The connection.</summary>
    [Id(0)] public long Epoch { get; init; }

    /// <summary>The attachment; shows to an earlier one are not taken.</summary>
    [Id(1)] public int Attachment { get; init; }

    /// <summary>Counts the shows to this attachment, from 1; one that comes after a later one is not taken.</summary>
    [Id(2)] public long Number { get; init; }

    /// <summary>The peers, each once.</summary>
    [Id(3)] public PeerSlot[] Slots { get; init; } = [];
}
