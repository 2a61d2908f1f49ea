using Actors.Bench.Report;

namespace Actors.Bench.Grains;

/// <summary>One way of calling that is measured beside others.</summary>
/// <param name="Name">Of its row.</param>
/// <param name="Floor">The name of the shape that it is held against; null for a floor.</param>
/// <param name="Caller">
/// One caller's loop: its number among those in flight, how many calls it makes one after another, and where it notes how long
/// each took, if anywhere.
/// </param>
internal sealed record Shape(string Name, string? Floor, Func<int, int, LatencyHistogram?, Task> Caller);
