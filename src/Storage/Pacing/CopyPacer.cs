namespace Actors.Storage.Pacing;

/// <summary>
/// How much a copy may ask for in each step: what the resync controller wants, at most what its share of the budget brings, and nothing while
/// it gives way to applications.
/// </summary>
/// <remarks>
/// No clock and no I/O. Over any run of steps the bytes allowed are at most the budgets' integral over it plus what one step was left
/// with, less than a block. A step longer than a second earns a second's budget: what was missed is not made up for.
/// </remarks>
public sealed class CopyPacer
{
    /// <summary>A step allows whole blocks of so many bytes.</summary>
    public const int BlockBytes = ResyncPacer.SectorsPerBlock * SectorBytes;

    private const int SectorBytes = 512;
    private const long NanosPerSecond = 1_000_000_000;

    private readonly ResyncPacerOptions _options;
    private readonly int _fillTargetMs;
    private readonly ResyncPacer _pacer;
    private long _budgetBytesPerSecond = long.MaxValue;
    private Int128 _creditNanobytes;
    private long _completedBytesOver;

    /// <param name="options">The controller's options.</param>
    /// <param name="fillTargetMs">The fill target is at least what the budget brings in so long. Milliseconds; 0: it is the options'.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public CopyPacer(ResyncPacerOptions options, int fillTargetMs = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fillTargetMs);
        (_options, _fillTargetMs) = (options, fillTargetMs);
        _pacer = new ResyncPacer(options);
    }

    /// <summary>Allowed and not yet copied. Bytes.</summary>
    public long InFlightBytes => _pacer.InFlightSectors * SectorBytes;

    /// <summary>One step, nominally every 100 ms.</summary>
    /// <param name="completedBytes">What was copied since the last step, 0 or more.</param>
    /// <param name="elapsedNs">Time since the last step.</param>
    /// <param name="budgetBytesPerSecond">The copy's share at this time; 0 pauses it.</param>
    /// <param name="mustYield">Whether applications go first (<see cref="MinimumRateGate"/>).</param>
    /// <returns>Bytes that may be asked for in addition, a multiple of <see cref="BlockBytes"/>; what is not copied at once stays allowed (<see cref="InFlightBytes"/>).</returns>
    public long Tick(long completedBytes, long elapsedNs, long budgetBytesPerSecond, bool mustYield)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(completedBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(budgetBytesPerSecond);
        var completedSectors = (completedBytes + _completedBytesOver) / SectorBytes;
        _completedBytesOver = (completedBytes + _completedBytesOver) % SectorBytes;
        if (budgetBytesPerSecond == 0)
        {
            _pacer.Complete(completedSectors);
            return 0;
        }

        Configure(budgetBytesPerSecond);
        var step = _pacer.Tick(completedSectors, elapsedNs);

        _creditNanobytes += (Int128)budgetBytesPerSecond * Math.Clamp(elapsedNs, 0, NanosPerSecond);
        var affordable = mustYield ? 0 : _creditNanobytes / ((long)BlockBytes * NanosPerSecond);
        var blocks = (int)Int128.Min(affordable, step.Blocks);
        _pacer.Unissued(step.Blocks - blocks);
        // Only the part of a block is carried on: budget that went unused is not saved up.
        _creditNanobytes = (_creditNanobytes - (Int128)blocks * BlockBytes * NanosPerSecond) % ((long)BlockBytes * NanosPerSecond);
        return (long)blocks * BlockBytes;
    }

    /// <summary>Begins anew: the path is another, or it was down.</summary>
    public void Reset()
    {
        _pacer.Reset();
        _creditNanobytes = 0;
        _completedBytesOver = 0;
    }

    // A controller that plans with more than it may ask for asks for nothing when its plan of the start comes round.
    private void Configure(long budgetBytesPerSecond)
    {
        if (budgetBytesPerSecond == _budgetBytesPerSecond) return;
        _budgetBytesPerSecond = budgetBytesPerSecond;
        // A block a step more than the budget, for steps are rounded down to blocks; the credit has the last word.
        var budgetKiBps = (int)Math.Min(budgetBytesPerSecond / 1_024 + 1 + 10 * BlockBytes / 1_024, ResyncPacerOptions.HighestRateKiBps);
        _pacer.Configure(_options with
        {
            ResyncRateKiBps = Math.Min(_options.ResyncRateKiBps, budgetKiBps),
            FillTargetSectors = _fillTargetMs == 0 ? _options.FillTargetSectors
                : (int)Int128.Clamp((Int128)budgetBytesPerSecond * _fillTargetMs / 1_000 / SectorBytes, _options.FillTargetSectors, ResyncPacerOptions.HighestFillTargetSectors),
            MaxRateKiBps = _options.MaxRateKiBps == 0 ? budgetKiBps : Math.Min(_options.MaxRateKiBps, budgetKiBps),
        });
    }
}
