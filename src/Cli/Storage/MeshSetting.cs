namespace Actors.Cli.Storage;

/// <summary>A setting of the storage system's network that is not as the links want it, or was not.</summary>
internal sealed record MeshSetting(string Part, string Subject, string Setting, string? Configured, string Wanted);
