namespace Actors.Cli.Storage;

/// <summary>What became of a command about a volume.</summary>
/// <param name="Volume">The volume.</param>
/// <param name="Outcome">begun, done, paused, resumed or aborting.</param>
internal sealed record VolumeOutcome(string Volume, string Outcome);
