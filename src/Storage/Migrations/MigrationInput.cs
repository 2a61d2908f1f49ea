namespace Actors.Storage.Migrations;

/// <summary>Everything that a step goes by.</summary>
/// <param name="NowMs">Milliseconds since 1970: phases outlive processes.</param>
/// <param name="View">The volume as it was read just now; null when the back end did not answer: then nothing is done to it.</param>
/// <param name="GrantBytesPerSecond">The share that is lent to the copy; 0 without one.</param>
/// <param name="IsPathUp">Whether the links that it uses are up.</param>
/// <param name="Command">What somebody asks.</param>
/// <param name="Failure">What became of the last effect; null when it succeeded or there was none.</param>
public sealed record MigrationInput(long NowMs, VolumeView? View, long GrantBytesPerSecond, bool IsPathUp, MigrationCommand Command = MigrationCommand.None, MigrationFailure? Failure = null);
