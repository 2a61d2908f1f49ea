using Actors.Storage.Policies;

namespace Actors.Storage.Tiering;

/// <summary>Which tier a volume's heat asks for, from the tier it is in. To leave a tier takes more than not to enter it.</summary>
public static class TierRule
{
    /// <summary>Decides.</summary>
    /// <param name="current">Where the volume is; from <see cref="Tier.None"/> the plain watermarks count.</param>
    /// <param name="iops">Operations per second over the window.</param>
    /// <param name="spec">The watermarks.</param>
    /// <param name="marginPercent">How far beyond a watermark the heat must be for a volume to leave hot for warm, or cold for warm. 0 to 50.</param>
    /// <returns>The tier that is wanted; the current one when it is to stay.</returns>
    public static Tier Wanted(Tier current, double iops, StoragePolicySpec spec, int marginPercent)
    {
        if (iops >= spec.HighWatermarkIops) return Tier.Hot;
        if (iops <= spec.LowWatermarkIops) return Tier.Cold;
        if (!spec.HasWarmTier) return current;
        return current switch
        {
            Tier.Hot => iops < spec.WarmWatermarkIops && iops * 100 < spec.HighWatermarkIops * (100.0 - marginPercent) ? Tier.Warm : Tier.Hot,
            Tier.Cold => iops * 100 > spec.LowWatermarkIops * (100.0 + marginPercent) ? Tier.Warm : Tier.Cold,
            Tier.None => iops < spec.WarmWatermarkIops ? Tier.Warm : Tier.None,
            _ => Tier.Warm,
        };
    }
}
