namespace Actors.AgentLoad.Checks;

/// <summary>A breach and between whom it was.</summary>
/// <param name="Breach">What was wrong.</param>
/// <param name="Receiver">The peer that was told, or not told.</param>
/// <param name="Subject">The peer that it is about; -1 for one that is not of this run.</param>
/// <param name="Sequence">The update's number, or 0.</param>
/// <param name="Expected">The number that the receiver had been told, or should have been.</param>
public readonly record struct Finding(Breach Breach, int Receiver, int Subject, long Sequence, long Expected);
