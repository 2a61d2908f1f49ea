namespace Actors.Storage.Pacing;

/// <summary>
/// DRBD's dynamic resync controller: every 100 ms it looks at what came back since the last step and says how much to ask for,
/// so that a fixed amount stays under way however fast the path is.
/// </summary>
/// <remarks>
/// Source: LINBIT/drbd 9.3.3, drbd_sender.c, drbd_rs_controller and drbd_rs_number_requests. All arithmetic is on integers and
/// truncates towards zero, as there. No clock and no I/O; not safe for several threads at once.
/// Between calls the plan's slots add up to <see cref="PlannedSectors"/>, and <see cref="InFlightSectors"/> is what was asked for and
/// has not come back.
/// </remarks>
public sealed class ResyncPacer
{
    /// <summary>Between two steps. Nanoseconds.</summary>
    public const long StepNs = 100_000_000;

    /// <summary>Sectors of 512 bytes in a block of 4 KiB.</summary>
    public const int SectorsPerBlock = 8;

    private const long LongestStepNs = 1_000_000_000;

    private ResyncPacerOptions _options;
    private long[] _plan;
    private int _head;

    /// <exception cref="ArgumentException">An option is out of its range; the message names every one.</exception>
    public ResyncPacer(ResyncPacerOptions options)
    {
        _options = Checked(options);
        _plan = new long[options.PlanAheadTenthsOfSecond];
    }

    /// <summary>Asked for and not yet back. Sectors.</summary>
    public long InFlightSectors { get; private set; }

    /// <summary>Corrections of the steps to come, added up. Sectors; below 0 when less is to be asked for than arrives.</summary>
    public long PlannedSectors { get; private set; }

    /// <summary>One step.</summary>
    /// <param name="completedSectors">What came back since the last step; 0 or more.</param>
    /// <param name="elapsedNs">Time since the last step. A value outside of 1 ns to 1 s is taken as the nearer of the two.</param>
    public PacerStep Tick(long completedSectors, long elapsedNs)
    {
        Complete(completedSectors);
        var step = _plan.Length == 0
            ? new PacerStep(PacerMode.Fixed, 0, 0, 0, 0, 0, _options.ResyncRateKiBps / 40)
            : Control(completedSectors, Math.Clamp(elapsedNs, 1, LongestStepNs));
        var room = (_options.MaxBufferPages * (long)SectorsPerBlock - InFlightSectors) / SectorsPerBlock;
        step = step with { Blocks = (int)Math.Max(0, Math.Min(step.Blocks, room)) };
        InFlightSectors += (long)step.Blocks * SectorsPerBlock;
        return step;
    }

    /// <summary>Notes what came back while no steps are made, because the copy is paused.</summary>
    /// <param name="completedSectors">0 or more; more than is under way counts as all of it, for a reset forgets what was.</param>
    public void Complete(long completedSectors)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(completedSectors);
        InFlightSectors = Math.Max(0, InFlightSectors - completedSectors);
    }

    /// <summary>Takes back what a step allowed and nobody asked for.</summary>
    /// <param name="blocks">At most what is under way.</param>
    public void Unissued(int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)blocks * SectorsPerBlock, InFlightSectors, nameof(blocks));
        InFlightSectors -= (long)blocks * SectorsPerBlock;
    }

    /// <summary>Takes other options. What is under way stays so; a plan of another length begins empty.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public void Configure(ResyncPacerOptions options)
    {
        _options = Checked(options);
        if (options.PlanAheadTenthsOfSecond == _plan.Length) return;
        _plan = new long[options.PlanAheadTenthsOfSecond];
        _head = 0;
        PlannedSectors = 0;
    }

    /// <summary>Begins anew, as if nothing had ever been asked for.</summary>
    public void Reset()
    {
        Array.Clear(_plan);
        _head = 0;
        PlannedSectors = 0;
        InFlightSectors = 0;
    }

    private PacerStep Control(long completedSectors, long elapsedNs)
    {
        // Shorter steps are scaled up to 100 ms; longer ones are not scaled down.
        var arrived = elapsedNs < StepNs ? Clamped((Int128)completedSectors * StepNs / elapsedNs) : completedSectors;
        var (mode, want) = Aim(arrived, elapsedNs);
        var correction = want - InFlightSectors - PlannedSectors;
        var perSlot = correction / _plan.Length;
        for (var slot = 0; slot < _plan.Length; slot++)
            _plan[slot] += perSlot;
        var due = _plan[_head];
        _plan[_head] = 0;
        _head = (_head + 1) % _plan.Length;
        PlannedSectors += perSlot * _plan.Length - due;

        var request = Math.Max(0, arrived + due);
        var bounded = _options.MaxRateKiBps > 0 ? Math.Min(request, _options.MaxRateKiBps * 2L / 10) : request;
        return new PacerStep(mode, want, correction, perSlot, due, request, (int)Math.Min(int.MaxValue, bounded / SectorsPerBlock));
    }

    private (PacerMode Mode, long WantSectors) Aim(long arrived, long elapsedNs)
    {
        if (InFlightSectors + arrived == 0) return (PacerMode.Start, _options.ResyncRateKiBps * 2L / 10 * _plan.Length);
        if (_options.FillTargetSectors > 0) return (PacerMode.Fill, _options.FillTargetSectors);
        return (PacerMode.Delay, Clamped((Int128)arrived * _options.DelayTargetTenthsOfSecond * 1_000_000_000 / (elapsedNs * 10)));
    }

    // A petabyte in a tenth of a second: far above what any path does, far below what a sum overflows at.
    private static long Clamped(Int128 sectors) => (long)Int128.Min(sectors, 1L << 41);

    private static ResyncPacerOptions Checked(ResyncPacerOptions options)
    {
        var mistakes = options.Mistakes();
        return mistakes.Count == 0 ? options : throw new ArgumentException(string.Join("; ", mistakes), nameof(options));
    }
}
