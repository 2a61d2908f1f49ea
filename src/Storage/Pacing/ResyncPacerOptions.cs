namespace Actors.Storage.Pacing;

/// <summary>What the resync controller is told: DRBD's c-* options, each with the unit that a bare number has there.</summary>
/// <remarks>Source: drbd-headers, linux/drbd_limits.h; the ranges are DRBD's own.</remarks>
public sealed record ResyncPacerOptions
{
    /// <summary>DRBD's bound of c-max-rate. KiB/s.</summary>
    public const int HighestRateKiBps = 4_194_304;

    /// <summary>DRBD's bound of c-fill-target. Sectors of 512 bytes.</summary>
    public const int HighestFillTargetSectors = 1_048_576;

    /// <summary>Rate of the first tick, and of every tick when <see cref="PlanAheadTenthsOfSecond"/> is 0. KiB/s, 1 to 8,388,608.</summary>
    public int ResyncRateKiBps { get; init; } = 250;

    /// <summary>Over how long a correction is spread. Tenths of a second, 0 to 300; 0 turns the controller off.</summary>
    public int PlanAheadTenthsOfSecond { get; init; } = 20;

    /// <summary>How long a request may be under way when <see cref="FillTargetSectors"/> is 0. Tenths of a second, 1 to 100.</summary>
    public int DelayTargetTenthsOfSecond { get; init; } = 10;

    /// <summary>How much is kept under way. Sectors of 512 bytes, 0 to 1,048,576; 0 means the delay target decides.</summary>
    public int FillTargetSectors { get; init; } = 100;

    /// <summary>Most that one tick asks for. KiB/s, 0 to 4,194,304; 0 means no bound.</summary>
    public int MaxRateKiBps { get; init; } = 102_400;

    /// <summary>Most that may be under way. Pages of 4 KiB, 32 to 131,072.</summary>
    public int MaxBufferPages { get; init; } = 2_048;

    /// <summary>Every value out of its range, each in a sentence; empty when all are good.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        var mistakes = new List<string>();
        Check(nameof(ResyncRateKiBps), ResyncRateKiBps, 1, 8_388_608);
        Check(nameof(PlanAheadTenthsOfSecond), PlanAheadTenthsOfSecond, 0, 300);
        Check(nameof(DelayTargetTenthsOfSecond), DelayTargetTenthsOfSecond, 1, 100);
        Check(nameof(FillTargetSectors), FillTargetSectors, 0, HighestFillTargetSectors);
        Check(nameof(MaxRateKiBps), MaxRateKiBps, 0, HighestRateKiBps);
        Check(nameof(MaxBufferPages), MaxBufferPages, 32, 131_072);
        return mistakes;

        void Check(string name, int value, int lowest, int highest)
        {
            if (value < lowest || value > highest)
                mistakes.Add(FormattableString.Invariant($"{name} is {value}; it is from {lowest} to {highest}"));
        }
    }
}
