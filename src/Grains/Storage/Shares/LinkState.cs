using Actors.Storage.Shares;

namespace Actors.Grains.Storage;

/// <summary>What the lender knows of a link. A link that nobody says anything of is taken for up.</summary>
/// <param name="link">Its settings.</param>
/// <param name="settings">Those of the controller.</param>
/// <param name="random">For the pauses with which copies come back.</param>
internal sealed class LinkState(LinkSettings link, TieringSettings settings, Random random)
{
    private static readonly TimeSpan LoadHalfLife = TimeSpan.FromSeconds(10);

    private readonly LinkHealth _health = new(settings.LinkHealth, random);
    private readonly ApplicationLoad _load = new(LoadHalfLife);
    private readonly Dictionary<string, (bool IsUp, long AtMs)> _sights = [];

    public LinkSettings Link => link;

    /// <summary>Whether no end has said lately that it is down.</summary>
    public bool IsUp(long nowMs) => _sights.Values.All(sight => sight.IsUp || nowMs - sight.AtMs > 3 * settings.ShareTimeToLive.TotalMilliseconds);

    /// <summary>Copies that may use it; 0 also while it is down or was lately.</summary>
    public int MaxCopies(long nowMs)
    {
        _health.Observe(nowMs, IsUp(nowMs));
        return _health.MaxCopies(nowMs);
    }

    public void Observe(long nowMs, LinkSight sight, long grantedBytesPerSecond)
    {
        _sights[sight.Node] = (sight.IsUp, nowMs);
        _health.Observe(nowMs, IsUp(nowMs));
        if (sight.BytesPerSecond is { } all) _load.Observe(nowMs, all - grantedBytesPerSecond);
    }

    public ResourceBudget Budget(long nowMs) => new(
        ResourceBudget.Of(link.CapacityBytesPerSecond, settings.LinkHeadroomPercent, _load.At(nowMs), link.Profile.MaxRateKiBps * 1_024L),
        MaxCopies(nowMs));
}
