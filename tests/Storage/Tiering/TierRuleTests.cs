using Actors.Storage.Tiering;

namespace Actors.Storage.Tests.Tiering;

/// <summary>The table of tiers: high 5000, warm 2000, low 500, margin 10 %.</summary>
public sealed class TierRuleTests
{
    [Theory]
    [InlineData(Tier.Hot, 5_000, Tier.Hot)]
    [InlineData(Tier.Hot, 4_000, Tier.Hot)] // between warm and high it stays
    [InlineData(Tier.Hot, 2_000, Tier.Hot)]
    [InlineData(Tier.Hot, 1_999.9, Tier.Warm)]
    [InlineData(Tier.Hot, 500.1, Tier.Warm)]
    [InlineData(Tier.Hot, 500, Tier.Cold)]
    [InlineData(Tier.Warm, 5_000, Tier.Hot)]
    [InlineData(Tier.Warm, 4_999.9, Tier.Warm)]
    [InlineData(Tier.Warm, 500.1, Tier.Warm)]
    [InlineData(Tier.Warm, 500, Tier.Cold)]
    [InlineData(Tier.Cold, 5_000, Tier.Hot)]
    [InlineData(Tier.Cold, 3_000, Tier.Warm)]
    [InlineData(Tier.Cold, 550.1, Tier.Warm)]
    [InlineData(Tier.Cold, 550, Tier.Cold)] // the margin
    [InlineData(Tier.Cold, 0, Tier.Cold)]
    [InlineData(Tier.None, 6_000, Tier.Hot)]
    [InlineData(Tier.None, 3_000, Tier.None)]
    [InlineData(Tier.None, 1_000, Tier.Warm)]
    [InlineData(Tier.None, 0, Tier.Cold)]
    public void R2_with_a_warm_tier(Tier from, double iops, Tier to) => Assert.Equal(to, TierRule.Wanted(from, iops, TierWorld.Policy().Spec, 10));

    [Theory]
    [InlineData(Tier.Hot, 501, Tier.Hot)]
    [InlineData(Tier.Hot, 500, Tier.Cold)]
    [InlineData(Tier.Cold, 4_999, Tier.Cold)]
    [InlineData(Tier.Cold, 5_000, Tier.Hot)]
    public void R2_without_a_warm_tier(Tier from, double iops, Tier to) => Assert.Equal(to, TierRule.Wanted(from, iops, TierWorld.Policy(extra: "warmWatermarkIOPS: 0").Spec, 10));

    [Theory]
    [InlineData(4_600, Tier.Hot)]
    [InlineData(4_500, Tier.Hot)]
    [InlineData(4_499, Tier.Warm)]
    public void R2_the_margin_keeps_a_hot_volume_where_warm_begins_at_high(double iops, Tier to) =>
        Assert.Equal(to, TierRule.Wanted(Tier.Hot, iops, TierWorld.Policy(extra: "warmWatermarkIOPS: 5000").Spec, 10));
}
