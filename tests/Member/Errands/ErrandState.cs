using Actors.Grains.Work;
using Orleans;

namespace Actors.Member.Errands;

/// <summary>What is stored of an errand.</summary>
[GenerateSerializer, Alias("member.ErrandState")]
public sealed class ErrandState : IHasWork
{
    /// <summary>Whether it has begun and not ended.</summary>
    [Id(0)]
    public bool IsOpen { get; set; }

    /// <summary>The node where it was begun.</summary>
    [Id(1)]
    public int BegunAt { get; set; }

    /// <inheritdoc/>
    public bool HasWork => IsOpen;
}
