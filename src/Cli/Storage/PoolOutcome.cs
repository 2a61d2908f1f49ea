namespace Actors.Cli.Storage;

/// <summary>What became of a command about a pool.</summary>
/// <param name="Pool">The pool.</param>
/// <param name="Outcome">created.</param>
internal sealed record PoolOutcome(string Pool, string Outcome);
