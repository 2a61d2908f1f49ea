using System.Collections.Frozen;
using System.Globalization;

namespace Actors.Grains.Topics;

/// <summary>The type of a config's value, with Kafka's numbers (DescribeConfigs v3+).</summary>
public enum TopicConfigType
{
    Unknown = 0,
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,
}

/// <summary>One topic config: Kafka's name, type, default and the values that this broker accepts.</summary>
/// <remarks>Source: Kafka's topic configs (TopicConfig, LogConfig). A value that this broker could not honour is refused.</remarks>
public sealed class TopicConfigDefinition
{
    private readonly Func<string, string?> _check;

    private TopicConfigDefinition(string name, TopicConfigType type, string defaultValue, string documentation, Func<string, string?> check)
    {
        Name = name;
        Type = type;
        Default = defaultValue;
        Documentation = documentation;
        _check = check;
    }

    public string Name { get; }
    public TopicConfigType Type { get; }
    public string Default { get; }

    /// <summary>One sentence for DescribeConfigs.</summary>
    public string Documentation { get; }

    /// <summary>Every config that a topic can have, in the order of their names.</summary>
    public static IReadOnlyList<TopicConfigDefinition> All { get; } =
    [
        List("cleanup.policy", "delete", "What becomes of old records: delete, compact, or both.", "delete", "compact"),
        Choice("compression.type", "producer", "Batches are kept as the producer compressed them.", "producer"),
        Integer("delete.retention.ms", TopicConfigType.Long, 86_400_000, 0, long.MaxValue, "How long a tombstone is kept after compaction, in ms."),
        Integer("file.delete.delay.ms", TopicConfigType.Long, 60_000, 0, long.MaxValue, "How long a deleted file may stay, in ms."),
        Integer("flush.messages", TopicConfigType.Long, long.MaxValue, 1, long.MaxValue, "Records between flushes; every acknowledged record is flushed whatever this says."),
        Integer("flush.ms", TopicConfigType.Long, long.MaxValue, 0, long.MaxValue, "Time between flushes in ms; every acknowledged record is flushed whatever this says."),
        Integer("index.interval.bytes", TopicConfigType.Int, 4096, 0, int.MaxValue, "Bytes of records per entry of a sparse index."),
        Integer("max.compaction.lag.ms", TopicConfigType.Long, long.MaxValue, 1, long.MaxValue, "Longest time that a record stays uncompacted, in ms."),
        Integer("max.message.bytes", TopicConfigType.Int, 1_048_588, 0, int.MaxValue, "Largest record batch that is accepted, in bytes."),
        Integer("message.timestamp.after.max.ms", TopicConfigType.Long, 3_600_000, 0, long.MaxValue, "How far a record's timestamp may be ahead of the broker's clock, in ms."),
        Integer("message.timestamp.before.max.ms", TopicConfigType.Long, long.MaxValue, 0, long.MaxValue, "How far a record's timestamp may be behind the broker's clock, in ms."),
        Choice("message.timestamp.type", "CreateTime", "Whether a batch keeps its producer's time or takes the broker's.", "CreateTime", "LogAppendTime"),
        Fraction("min.cleanable.dirty.ratio", "0.5", "Share of uncompacted bytes at which compaction starts."),
        Integer("min.compaction.lag.ms", TopicConfigType.Long, 0, 0, long.MaxValue, "Shortest time that a record stays uncompacted, in ms."),
        Integer("min.insync.replicas", TopicConfigType.Int, 1, 1, int.MaxValue, "In-sync replicas that acks=all needs; at most the replication factor counts."),
        Boolean("preallocate", "false", "Whether segment files are given their size when they are made."),
        Integer("retention.bytes", TopicConfigType.Long, -1, -1, long.MaxValue, "Bytes that a partition keeps, in whole segments; -1 has no limit."),
        Integer("retention.ms", TopicConfigType.Long, 604_800_000, -1, long.MaxValue, "How long records are kept, in whole segments, in ms; -1 has no limit."),
        Integer("segment.bytes", TopicConfigType.Int, 1_073_741_824, 1024 * 1024, int.MaxValue, "Largest segment file, in bytes."),
        Integer("segment.index.bytes", TopicConfigType.Int, 10_485_760, 4, int.MaxValue, "Largest index of one segment, in bytes."),
        Integer("segment.jitter.ms", TopicConfigType.Long, 0, 0, long.MaxValue, "Random time taken off segment.ms, in ms."),
        Integer("segment.ms", TopicConfigType.Long, 604_800_000, 1, long.MaxValue, "Longest time that a segment is appended to, in ms."),
        Boolean("unclean.leader.election.enable", "false", "Whether a replica outside the in-sync set may lead; it never does here."),
    ];

    /// <summary>By Kafka's name.</summary>
    public static FrozenDictionary<string, TopicConfigDefinition> ByName { get; } =
        All.ToFrozenDictionary(definition => definition.Name, StringComparer.Ordinal);

    /// <summary>Why <paramref name="value"/> is not accepted, as a sentence for the client; null when it is.</summary>
    public string? Refusal(string? value) => value is null ? $"{Name} needs a value." : _check(value);

    private static TopicConfigDefinition Integer(
        string name, TopicConfigType type, long defaultValue, long min, long max, string documentation) =>
        new(name, type, defaultValue.ToString(CultureInfo.InvariantCulture), documentation, value =>
            long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max
                ? null
                : $"{name} must be a whole number from {min} to {max}; '{Shown(value)}' is not.");

    private static TopicConfigDefinition Fraction(string name, string defaultValue, string documentation) =>
        new(name, TopicConfigType.Double, defaultValue, documentation, value =>
            double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1
                ? null
                : $"{name} must be a number from 0 to 1; '{Shown(value)}' is not.");

    private static TopicConfigDefinition Boolean(string name, string defaultValue, string documentation) =>
        new(name, TopicConfigType.Boolean, defaultValue, documentation, value =>
            bool.TryParse(value, out _) ? null : $"{name} must be true or false; '{Shown(value)}' is neither.");

    private static TopicConfigDefinition Choice(string name, string defaultValue, string documentation, params string[] choices) =>
        new(name, TopicConfigType.String, defaultValue, documentation, value =>
            Array.IndexOf(choices, value) >= 0
                ? null
                : $"{name} must be {string.Join(" or ", choices)}; '{Shown(value)}' is not.");

    private static TopicConfigDefinition List(string name, string defaultValue, string documentation, params string[] choices) =>
        new(name, TopicConfigType.List, defaultValue, documentation, value =>
            value.Split(',', StringSplitOptions.TrimEntries) is var parts && parts.All(part => Array.IndexOf(choices, part) >= 0)
                ? null
                : $"{name} must be a list of {string.Join(", ", choices)}; '{Shown(value)}' is not.");

    /// <summary>What a client sent may be long; an answer repeats only its beginning.</summary>
    private static string Shown(string value) => value.Length <= 64 ? value : string.Concat(value.AsSpan(0, 64), "…");
}
