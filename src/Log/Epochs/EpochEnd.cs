namespace Actors.Log;

/// <summary>Where an epoch ends: the answer to OffsetForLeaderEpoch.</summary>
/// <param name="Epoch">Largest known epoch that is not above the one asked for, or -1.</param>
/// <param name="EndOffset">Offset after the last record of that epoch, or -1.</param>
public readonly record struct EpochEnd(int Epoch, long EndOffset)
{
    /// <summary>The history cannot tell.</summary>
    public static EpochEnd Undefined => new(EpochHistory.NoEpoch, -1);

    /// <summary>Whether the history could tell.</summary>
    public bool IsDefined => EndOffset >= 0;
}
