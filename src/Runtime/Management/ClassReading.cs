namespace Actors.Runtime.Management;

/// <summary>One grain class on this silo, at one moment.</summary>
/// <param name="GrainType">Its name.</param>
/// <param name="Activations">How many activations it has.</param>
/// <param name="WaitingCalls">Calls that have arrived and not begun, of all its activations.</param>
/// <param name="LongestQueue">Calls that wait for the activation with the most of them.</param>
public sealed record ClassReading(string GrainType, int Activations, long WaitingCalls, int LongestQueue);
