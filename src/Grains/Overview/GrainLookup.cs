using Orleans.Runtime;

namespace Actors.Grains.Overview;

/// <summary>A grain that somebody asked for.</summary>
/// <param name="Asked">What was asked: "class/key".</param>
/// <param name="Report">The grain; null when there is nothing to show.</param>
/// <param name="Problem">Why there is nothing to show.</param>
public sealed record GrainLookup(string Asked, GrainReport? Report, string? Problem)
{
    /// <summary>Looks for a grain.</summary>
    public static async Task<GrainLookup> ReadAsync(ClusterReader cluster, string asked)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        if (asked.Split('/', 2) is not [{ Length: > 0 } type, { Length: > 0 } key]) return new(asked, null, "A grain is asked for as class/key.");
        try
        {
            var report = await cluster.DescribeAsync(type, key);
            return new(asked, report, report is null ? $"No grain class is called '{type}'." : null);
        }
        catch (Exception failure) when (failure is TimeoutException or OrleansException)
        {
            return new(asked, null, failure.Message);
        }
    }
}
