using Actors.Storage.Migrations;

namespace Actors.Storage.BackEnds;

/// <summary>What a back end is asked to do to a volume.</summary>
/// <param name="Volume">The volume.</param>
/// <param name="Effect">What, and not <see cref="MigrationEffect.None"/>.</param>
/// <param name="SourcePool">Where the replica lies that moves.</param>
/// <param name="TargetPool">Where it goes.</param>
/// <param name="Replica">The replica that it is about: the one to fill, to verify, to switch to or to remove; null for <see cref="MigrationEffect.CreateTarget"/>.</param>
/// <param name="Rate">The rate, for <see cref="MigrationEffect.StartCopy"/> and <see cref="MigrationEffect.SetSpeed"/>.</param>
public sealed record VolumeEffect(string Volume, MigrationEffect Effect, string SourcePool, string TargetPool, string? Replica, CopyRate Rate);
