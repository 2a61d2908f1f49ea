using Microsoft.Extensions.Logging;

namespace Actors.Grains.Groups;

/// <summary>What the coordinators of a silo share.</summary>
/// <param name="Options">What they allow.</param>
/// <param name="Time">Their clocks.</param>
/// <param name="Metrics">What they measure.</param>
/// <param name="Logger">Where they report.</param>
public sealed record GroupServices(GroupOptions Options, TimeProvider Time, GroupMetrics Metrics, ILogger Logger);
