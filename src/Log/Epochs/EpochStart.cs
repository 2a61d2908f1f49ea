namespace Actors.Log;

/// <summary>A leader's epoch and the offset of the first record that it could have written.</summary>
public readonly record struct EpochStart(int Epoch, long StartOffset);
