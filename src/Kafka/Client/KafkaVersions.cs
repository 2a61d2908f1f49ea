using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Actors.Kafka.Messages;

namespace Actors.Kafka.Client;

/// <summary>The versions that a broker says it serves.</summary>
public sealed class KafkaVersions
{
    private readonly FrozenDictionary<ApiKey, (short Lowest, short Highest)> _ranges;

    /// <summary>The ranges of a broker's answer.</summary>
    public KafkaVersions([NotNull] ApiVersionsResponse response)
    {
        var ranges = new Dictionary<ApiKey, (short Lowest, short Highest)>();
        foreach (var api in response.ApiKeys)
        {
            ranges[(ApiKey)api.ApiKey] = (api.MinVersion, api.MaxVersion);
        }

        _ranges = ranges.ToFrozenDictionary();
    }

    /// <summary>The API keys that the broker named, also those that this codec lacks.</summary>
    public IReadOnlyCollection<ApiKey> Keys => _ranges.Keys;

    /// <summary>The range that the broker named.</summary>
    /// <returns>False when the broker did not name the API.</returns>
    public bool TryGetRange(ApiKey key, out short lowest, out short highest)
    {
        var found = _ranges.TryGetValue(key, out var range);
        (lowest, highest) = range;
        return found;
    }

    /// <summary>The highest version that the broker serves and this codec knows.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryChoose(ApiKey key, out short version)
    {
        version = 0;
        if (!ApiTable.TryGet(key, out var api) || !TryGetRange(key, out var lowest, out var highest))
        {
            return false;
        }

        version = Math.Min(highest, api.HighestVersion);
        return version >= lowest && version >= api.LowestVersion;
    }
}
