namespace Actors.Cli.Storage;

/// <summary>What became of a command about a volume.</summary>
/// <param name="Volume">The volume.</param>
/// <param name="Outcome">begun, done, paused, resumed or aborting.</param>
/// <param name="Order">The id of the order, as its migration shows it.</param>
/// <param name="Remark">What whoever asked might not expect; null when there is nothing.</param>
internal sealed record VolumeOutcome(string Volume, string Outcome, Guid Order, string? Remark);
