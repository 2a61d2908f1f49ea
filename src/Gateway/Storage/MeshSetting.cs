namespace Actors.Gateway.Storage;

/// <summary>A setting of the storage system's network.</summary>
/// <param name="Part">interface, path or option.</param>
/// <param name="Subject">A node, two nodes with ~ between them, or controller.</param>
/// <param name="Setting">Its name.</param>
/// <param name="Configured">What it is, or was; null: not set.</param>
/// <param name="Wanted">What it is to be.</param>
internal sealed record MeshSetting(string Part, string Subject, string Setting, string? Configured, string Wanted);
