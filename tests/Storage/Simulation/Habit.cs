using Actors.Storage.Policies;
using Actors.Storage.Tiering;

namespace Actors.Storage.Tests.Simulation;

/// <summary>How hot a volume is over the day, and where it belongs for it.</summary>
/// <param name="Iops">Operations each second, on average.</param>
/// <param name="Swing">By how much of it they change from hour to hour.</param>
internal sealed record Habit(double Iops, double Swing)
{
    /// <summary>Cold, warm, between warm and hot where nothing is to change, hot, and swinging around the watermark of hot.</summary>
    public static readonly Habit[] All = [new(50, 0.1), new(1_000, 0.1), new(3_000, 0.1), new(8_000, 0.1), new(5_000, 0.08)];

    /// <summary>What is measured at a time.</summary>
    public double At(long nowMs, Random random) => Iops * (1 + Swing * Math.Sin(nowMs * Math.PI / 5_400_000.0) + Swing * (random.NextDouble() - 0.5) / 4);

    /// <summary>Whether its policy says that it stays in a tier: one that swings around the watermark of hot in any but cold, a spread one too, which between warm and hot is left alone.</summary>
    public bool Stays(Tier tier, StoragePolicySpec spec, int marginPercent) =>
        Swing < 0.1 ? tier != Tier.Cold : TierRule.Wanted(tier, Iops, spec, marginPercent) == tier;
}
