namespace Actors.Cli.Records;

/// <summary>What a batch's header says.</summary>
/// <param name="BaseOffset">Offset of its first record.</param>
/// <param name="NextOffset">Offset after its last record.</param>
/// <param name="Records">How many records it holds.</param>
internal readonly record struct BatchSummary(long BaseOffset, long NextOffset, int Records);
