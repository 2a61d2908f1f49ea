namespace Actors.Cli.Storage;

/// <summary>A volume that is served no more.</summary>
/// <param name="Volume">The volume.</param>
/// <param name="Outcome">detached.</param>
internal sealed record DetachedVolume(string Volume, string Outcome);
