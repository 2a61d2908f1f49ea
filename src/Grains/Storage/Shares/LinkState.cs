using Actors.Storage.Shares;

namespace Actors.Grains.Storage;

/// <summary>
/// What the lender knows of a link. One whose ends have no addresses is taken for up. Of one whose ends have, an end that nobody has looked at yet may be down:
/// until all were, the link has the least share for one copy.
/// </summary>
/// <param name="link">Its settings.</param>
/// <param name="settings">Those of the controller.</param>
/// <param name="random">For the pauses with which copies come back.</param>
internal sealed class LinkState(LinkSettings link, TieringSettings settings, Random random)
{
    private static readonly TimeSpan LoadHalfLife = TimeSpan.FromSeconds(10);

    private readonly LinkHealth _health = new(settings.LinkHealth, random);
    private readonly ApplicationLoad _load = new(LoadHalfLife);
    private readonly CopyTraffic _copies = new();
    private readonly Dictionary<string, (bool IsUp, long AtMs, bool IsCounted)> _sights = [];

    public LinkSettings Link => link;

    /// <summary>Whether no end's last word is that it is down. An end that has been silent since then is overruled by another that says that it is up.</summary>
    public bool IsUp(long nowMs) => !_sights.Values.Any(down => !down.IsUp && (IsFresh(down.AtMs, nowMs) || !_sights.Values.Any(other => other.IsUp && IsFresh(other.AtMs, nowMs))));

    /// <summary>Nodes whose end has an address and has not been looked at.</summary>
    public string[] UnseenNodes =>
    [
        .. new[] { (Node: link.First, Address: link.FirstAddress), (Node: link.Second, Address: link.SecondAddress) }
            .Where(end => end.Address is not null && !_sights.ContainsKey(end.Node)).Select(static end => end.Node),
    ];

    /// <summary>Copies that may use it; 0 also while it is down or was lately.</summary>
    public int MaxCopies(long nowMs)
    {
        _health.Observe(nowMs, IsUp(nowMs));
        return _health.MaxCopies(nowMs);
    }

    /// <summary>Notes what copies take of it from now on.</summary>
    public void Carry(long nowMs, long copiesBytesPerSecond) => _copies.Note(nowMs, copiesBytesPerSecond);

    /// <summary>Takes what an end has seen.</summary>
    /// <param name="nowMs">Monotonic time.</param>
    /// <param name="sight">What it has seen since it looked last.</param>
    /// <param name="isLending">Whether what copies take is known from now on: not while copies go by the grants of a predecessor.</param>
    public void Observe(long nowMs, LinkSight sight, bool isLending)
    {
        var last = _sights.GetValueOrDefault(sight.Node);
        _sights[sight.Node] = (sight.IsUp, nowMs, isLending);
        _health.Observe(nowMs, IsUp(nowMs));
        if (sight.BytesPerSecond is { } all && last.IsCounted) _load.Observe(nowMs, all - _copies.MostSince(last.AtMs));
    }

    public ResourceBudget Budget(long nowMs)
    {
        var bytesPerSecond = ResourceBudget.Of(link.CapacityBytesPerSecond, settings.LinkHeadroomPercent, _load.At(nowMs), link.Profile.MaxRateKiBps * 1_024L);
        var least = Math.Min(link.Profile.MinRateKiBps * 1_024L, settings.MaxCopyBytesPerSecond);
        return new(UnseenNodes.Length == 0 ? bytesPerSecond : Math.Min(bytesPerSecond, least), MaxCopies(nowMs));
    }

    private bool IsFresh(long atMs, long nowMs) => nowMs - atMs <= 3 * settings.ShareTimeToLive.TotalMilliseconds;
}
