namespace Actors.Cli.Storage;

/// <summary>What the links want of the storage system's network, beside what it has.</summary>
internal sealed record MeshView(bool IsApplied, IReadOnlyList<MeshSetting> Changes, int Right, IReadOnlyList<string> Notes);
