using System.Globalization;

namespace Actors.Grains.Topics;

/// <summary>A topic's effective configs, parsed once: what was set for the topic, else Kafka's default.</summary>
public sealed record TopicConfig
{
    private TopicConfig()
    {
    }

    /// <summary>A topic for which nothing was set.</summary>
    public static TopicConfig Default { get; } = From(new Dictionary<string, string>());

    public bool Compacts { get; private init; }
    public bool Deletes { get; private init; }

    /// <summary>Largest record batch with its 61-byte header, in bytes.</summary>
    public int MaxMessageBytes { get; private init; }

    /// <summary>True: batches take the broker's time when they are appended.</summary>
    public bool UsesLogAppendTime { get; private init; }

    public long TimestampBeforeMaxMs { get; private init; }
    public long TimestampAfterMaxMs { get; private init; }
    public int MinInSyncReplicas { get; private init; }

    /// <summary>-1: no limit.</summary>
    public long RetentionBytes { get; private init; }

    /// <summary>-1: no limit.</summary>
    public long RetentionMs { get; private init; }

    public int SegmentBytes { get; private init; }
    public long SegmentMs { get; private init; }
    public int IndexIntervalBytes { get; private init; }

    /// <summary>Reads stored configs. Names that this version does not know are left out of account.</summary>
    /// <exception cref="InvalidTopicConfigException">A value is not one that <see cref="TopicConfigDefinition"/> accepts.</exception>
    public static TopicConfig From(IReadOnlyDictionary<string, string> configs)
    {
        var policies = Value(configs, "cleanup.policy").Split(',', StringSplitOptions.TrimEntries);
        return new TopicConfig
        {
            Compacts = policies.Contains("compact", StringComparer.Ordinal),
            Deletes = policies.Contains("delete", StringComparer.Ordinal),
            MaxMessageBytes = (int)Number(configs, "max.message.bytes"),
            UsesLogAppendTime = Value(configs, "message.timestamp.type") == "LogAppendTime",
            TimestampBeforeMaxMs = Number(configs, "message.timestamp.before.max.ms"),
            TimestampAfterMaxMs = Number(configs, "message.timestamp.after.max.ms"),
            MinInSyncReplicas = (int)Number(configs, "min.insync.replicas"),
            RetentionBytes = Number(configs, "retention.bytes"),
            RetentionMs = Number(configs, "retention.ms"),
            SegmentBytes = (int)Number(configs, "segment.bytes"),
            SegmentMs = Number(configs, "segment.ms"),
            IndexIntervalBytes = (int)Number(configs, "index.interval.bytes"),
        };
    }

    /// <summary>Why a client's configs are refused, as a sentence; null when all names and values are accepted.</summary>
    public static string? Refusal(IEnumerable<KeyValuePair<string, string?>> configs)
    {
        foreach (var (name, value) in configs)
        {
            if (!TopicConfigDefinition.ByName.TryGetValue(name, out var definition))
            {
                return $"Unknown topic config name: {(name.Length <= 64 ? name : name[..64])}";
            }

            if (definition.Refusal(value) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private static string Value(IReadOnlyDictionary<string, string> configs, string name)
    {
        var definition = TopicConfigDefinition.ByName[name];
        if (!configs.TryGetValue(name, out var value))
        {
            return definition.Default;
        }

        return definition.Refusal(value) is { } refusal ? throw new InvalidTopicConfigException(name, refusal) : value;
    }

    private static long Number(IReadOnlyDictionary<string, string> configs, string name) =>
        long.Parse(Value(configs, name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
