namespace Actors.Storage.Tiering;

/// <summary>One replica's way.</summary>
/// <param name="SourcePool">Where it lies.</param>
/// <param name="TargetPool">Where it goes.</param>
public sealed record ReplicaMove(string SourcePool, string TargetPool);
