namespace Actors.Cli.Storage;

/// <summary>Volumes, the back end that has them, and what becomes of a copy's budget there.</summary>
internal sealed record VolumeList(string? BackEnd, string? Budget, IReadOnlyList<VolumeView> Volumes);
