using System.Collections.Concurrent;

namespace Actors.Grains.Groups;

/// <summary>
/// The groups whose grains are awake on this silo, with what each is doing. Those that sleep are in the partitions' images.
/// Safe to use from any thread.
/// </summary>
public sealed class GroupDirectory
{
    private readonly ConcurrentDictionary<string, GroupOverview> _awake = new(StringComparer.Ordinal);

    /// <summary>The awake groups.</summary>
    public IEnumerable<GroupOverview> Awake => _awake.Values;

    /// <summary>Whether the group's grain is awake and knows something of the group.</summary>
    public bool IsAwake(string groupId) => _awake.ContainsKey(groupId);

    /// <summary>Called by a grain whenever something of the overview has changed; null when the group does not exist.</summary>
    internal void Publish(string groupId, GroupOverview? overview)
    {
        if (overview is null)
            _awake.TryRemove(groupId, out _);
        else
            _awake[groupId] = overview;
    }

    /// <summary>All groups of these partitions: what is awake speaks for itself.</summary>
    internal IEnumerable<GroupOverview> List(IEnumerable<GroupPartition> partitions) => _awake.Values.Concat(
        partitions.SelectMany(partition => partition.Overviews()).Where(overview => !_awake.ContainsKey(overview.GroupId)));
}
