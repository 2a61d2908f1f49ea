namespace Actors.Storage.Migrations;

/// <summary>What follows: the state is stored first, and only then is the effect performed.</summary>
/// <param name="State">What to store.</param>
/// <param name="Effect">What to do once it is stored.</param>
/// <param name="Replica">The replica that the effect is about, for those that name one.</param>
/// <param name="MustStore">Whether the state differs in more than progress, and so must be stored before anything else.</param>
/// <param name="Refusal">Why a command was not followed; null when it was, or there was none.</param>
/// <param name="IsOverdue">Whether the phase takes longer than it may and there is nothing to do but go on trying: somebody should look.</param>
public sealed record MigrationStep(MigrationState State, MigrationEffect Effect, string? Replica, bool MustStore, string? Refusal, bool IsOverdue);
