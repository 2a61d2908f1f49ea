using Orleans;

namespace Actors.Grains.Groups;

/// <summary>One assignment protocol that a member supports, with what the member says about itself under it.</summary>
[GenerateSerializer, Immutable, Alias("Actors.Groups.Protocol")]
public sealed record GroupProtocol
{
    /// <summary>The assignor's name, for example <c>range</c> or <c>cooperative-sticky</c>.</summary>
    [Id(0)] public string Name { get; init; } = "";

    /// <summary>Opaque bytes for the leader (a ConsumerProtocolSubscription for consumers); owned by the message, never pooled.</summary>
    [Id(1)] public ReadOnlyMemory<byte> Metadata { get; init; }
}
