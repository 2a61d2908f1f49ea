namespace Actors.Storage.Heat;

/// <summary>The three queries that tell the heat of every volume over one window.</summary>
/// <param name="Window">The window.</param>
/// <param name="Iops">Operations per second, by volume.</param>
/// <param name="Coverage">Samples in the window, by volume; of several metrics the one with the fewest, and nothing for a volume that lacks one.</param>
/// <param name="Age">Seconds since the last sample, by volume; of several metrics the oldest, and nothing for a volume that lacks one. The same for every window.</param>
public sealed record HeatQuery(TimeSpan Window, string Iops, string Coverage, string Age);
