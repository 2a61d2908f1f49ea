using Orleans;
using Orleans.Concurrency;

namespace Actors.Grains.Storage;

/// <summary>Lends copies their shares of links, pools and nodes; there is one in a cluster, whose key is <see cref="Key"/>.</summary>
[Alias("actors.storage.shares")]
public interface ISharesGrain : IGrainWithStringKey
{
    /// <summary>The key of the only one.</summary>
    const string Key = "shares";

    /// <summary>A copy asks, for the first time or again. It may be asked again when the answer does not come.</summary>
    [Alias("ask"), ResponseTimeout("00:00:05")]
    Task<CopyGrant> Ask(CopyAsk ask);

    /// <summary>A volume's copy has stopped: its share is free at once.</summary>
    [Alias("release"), ResponseTimeout("00:00:05")]
    Task Release(string volume);

    /// <summary>Whether the link that a copy would need is up, or it needs none.</summary>
    [Alias("isPathUp"), ResponseTimeout("00:00:05")]
    Task<bool> IsPathUp(OrderedMove move);

    /// <summary>
    /// What a silo at one end of a link sees of it. That it is down counts until this end says that it is up; or, after three times as long as shares hold without news
    /// from it, until the other end does.
    /// </summary>
    [Alias("observe"), ResponseTimeout("00:00:05")]
    Task Observe(LinkSight sight);

    /// <summary>What a silo sees of a pool's use. It counts for three times as long as shares hold.</summary>
    [Alias("observePool"), ResponseTimeout("00:00:05")]
    Task ObservePool(PoolSight sight);

    /// <summary>What applications do on the pools of which somebody told lately, by name.</summary>
    [Alias("describePools"), AlwaysInterleave]
    Task<PoolLoad[]> DescribePools();

    /// <summary>The links and who uses them.</summary>
    [Alias("describe"), AlwaysInterleave]
    Task<LinkReport[]> Describe();
}
