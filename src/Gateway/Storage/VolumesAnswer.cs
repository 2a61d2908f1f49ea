using Actors.Grains.Storage;

namespace Actors.Gateway.Storage;

/// <summary>Volumes, what is decided over each, and how their migrations stand.</summary>
/// <param name="BackEnd">The back end's name.</param>
/// <param name="Budget">What becomes of a copy's budget there.</param>
/// <param name="Volumes">The volumes by name.</param>
internal sealed record VolumesAnswer(string? BackEnd, string? Budget, IReadOnlyList<VolumeReport> Volumes);
