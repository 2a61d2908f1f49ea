namespace Actors.Silo.Http;

/// <summary>Body of <c>/api/v1/grains</c>: what the silos that answer have.</summary>
/// <param name="Types">Grain classes with activations, by name.</param>
/// <param name="Calls">Calls by class and method.</param>
public sealed record GrainsAnswer(IReadOnlyList<GrainTypeAnswer> Types, IReadOnlyList<GrainCallsAnswer> Calls);

/// <summary>A grain class.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Activations">How many activations it has.</param>
/// <param name="WaitingCalls">Calls that have arrived and not begun; null when the runtime does not tell.</param>
/// <param name="LongestQueue">Calls that wait for one activation, at most; null when the runtime does not tell.</param>
/// <param name="ActivationsByNode">Activations by node id.</param>
public sealed record GrainTypeAnswer(
    string Type, long Activations, long? WaitingCalls, int? LongestQueue, IReadOnlyDictionary<int, int> ActivationsByNode);

/// <summary>The calls of a method.</summary>
/// <param name="Type">The grain class.</param>
/// <param name="Method">The method.</param>
/// <param name="Ok">Calls with a result, since the silos started; so the next two.</param>
/// <param name="Errors">Calls that failed.</param>
/// <param name="Cancelled">Calls that were cancelled.</param>
/// <param name="InFlight">Calls that have begun and not ended.</param>
/// <param name="TimedCalls">
/// Calls that ended in the last half to whole minute and were timed, of which the rest speaks: all of them at ordinary rates, a sample at high ones.
/// </param>
/// <param name="P50Ms">Half took at most so many milliseconds.</param>
/// <param name="P99Ms">99 of 100 took at most so many.</param>
/// <param name="MaxMs">The longest.</param>
public sealed record GrainCallsAnswer(
    string Type, string Method, long Ok, long Errors, long Cancelled, long InFlight, long TimedCalls, double P50Ms, double P99Ms, double MaxMs);
