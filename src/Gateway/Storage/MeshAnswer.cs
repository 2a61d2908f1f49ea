namespace Actors.Gateway.Storage;

/// <summary>What the links want of the storage system's network, beside what it has.</summary>
/// <param name="IsApplied">Whether the changes were made.</param>
/// <param name="Changes">Settings that differ, or differed.</param>
/// <param name="Right">How many are as they are to be.</param>
/// <param name="Notes">What to know of it.</param>
internal sealed record MeshAnswer(bool IsApplied, IReadOnlyList<MeshSetting> Changes, int Right, IReadOnlyList<string> Notes);
