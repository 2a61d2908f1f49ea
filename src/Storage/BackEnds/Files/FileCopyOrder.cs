namespace Actors.Storage.BackEnds.Files;

/// <summary>What is copied where.</summary>
/// <param name="Volume">The volume.</param>
/// <param name="Source">The replica that is read.</param>
/// <param name="Target">The replica that is filled.</param>
/// <param name="SourceFile">Its file.</param>
/// <param name="TargetFile">Its file.</param>
internal sealed record FileCopyOrder(string Volume, string Source, string Target, string SourceFile, string TargetFile);
