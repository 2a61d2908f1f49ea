namespace Actors.Storage.Migrations;

/// <summary>The last effect did not succeed, or nobody knows whether it did: the next view tells.</summary>
/// <param name="Message">What the back end said.</param>
/// <param name="IsPermanent">Whether trying again is of no use, as when the pool is full.</param>
public sealed record MigrationFailure(string Message, bool IsPermanent);
