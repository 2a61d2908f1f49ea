using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Actors.Grains.Groups;

namespace Actors.Silo.Options;

/// <summary>What consumer groups are allowed (section <c>Groups</c>); the defaults are the coordinator's own.</summary>
public sealed record GroupSettings : IOptionRules
{
    private static readonly GroupOptions Defaults = new();

    /// <summary>How long a new group waits for more members.</summary>
    [Description("Milliseconds that a new group waits for more members. 0: its first member gets everything at once.")]
    [Range(0, 3_600_000)]
    public int InitialRebalanceDelayMs { get; init; } = Defaults.InitialRebalanceDelayMs;

    /// <summary>Shortest session time-out of a member.</summary>
    [Description("Shortest session time-out in milliseconds that a member may ask for.")]
    [Range(1, int.MaxValue)]
    public int MinSessionTimeoutMs { get; init; } = Defaults.MinSessionTimeoutMs;

    /// <summary>Longest session time-out of a member.</summary>
    [Description("Longest session time-out in milliseconds that a member may ask for.")]
    [Range(1, int.MaxValue)]
    public int MaxSessionTimeoutMs { get; init; } = Defaults.MaxSessionTimeoutMs;

    /// <summary>Most members of one group.</summary>
    [Description("Most members of one group.")]
    [Range(1, int.MaxValue)]
    public int MaxSize { get; init; } = Defaults.MaxSize;

    /// <summary>Partitions of the topic that keeps offsets.</summary>
    [Description("Partitions of __consumer_offsets when it is made; never changed afterwards.")]
    [Range(1, 10_000)]
    public int OffsetsPartitions { get; init; } = Defaults.OffsetsPartitions;

    /// <summary>How long an empty group's offsets are kept.</summary>
    [Description("Milliseconds that the offsets of a group without members are kept.")]
    [Range(1, long.MaxValue)]
    public long OffsetsRetentionMs { get; init; } = Defaults.OffsetsRetentionMs;

    /// <summary>The coordinator's options.</summary>
    public GroupOptions ToOptions() => new()
    {
        InitialRebalanceDelayMs = InitialRebalanceDelayMs,
        MinSessionTimeoutMs = MinSessionTimeoutMs,
        MaxSessionTimeoutMs = MaxSessionTimeoutMs,
        MaxSize = MaxSize,
        OffsetsPartitions = OffsetsPartitions,
        OffsetsRetentionMs = OffsetsRetentionMs,
    };

    /// <inheritdoc/>
    public IEnumerable<OptionBreach> Check()
    {
        if (MaxSessionTimeoutMs < MinSessionTimeoutMs)
            yield return new(nameof(MaxSessionTimeoutMs), $"must not be below Groups:MinSessionTimeoutMs ({MinSessionTimeoutMs})");
    }
}
