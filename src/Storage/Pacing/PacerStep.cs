namespace Actors.Storage.Pacing;

/// <summary>One step of <see cref="ResyncPacer"/>, with what it was worked out from. Sectors are 512 bytes, blocks 4 KiB.</summary>
/// <param name="Mode">What decided the aim.</param>
/// <param name="WantSectors">How much should be under way; 0 in fixed mode.</param>
/// <param name="CorrectionSectors">What is missing from that, beyond what is planned already.</param>
/// <param name="CorrectionPerSlotSectors">Its part that is added to each slot of the plan.</param>
/// <param name="DueSectors">The correction that was planned for this step.</param>
/// <param name="RequestSectors">What arrived plus the correction, before the bounds of rate and buffers.</param>
/// <param name="Blocks">How much to ask for now, 0 or more. It counts as under way until <see cref="ResyncPacer.Unissued"/> takes it back.</param>
public readonly record struct PacerStep(
    PacerMode Mode,
    long WantSectors,
    long CorrectionSectors,
    long CorrectionPerSlotSectors,
    long DueSectors,
    long RequestSectors,
    int Blocks)
{
    /// <summary>The rate that this step stands for when steps come every 100 ms. KiB/s.</summary>
    public long RateKiBps => Blocks * 40L;
}
