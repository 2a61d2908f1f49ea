namespace Actors.Log;

/// <summary>One finding of recovery: acknowledged bytes that are not there, or not what was written.</summary>
/// <param name="Log">The log that is concerned; null when it is the write-ahead log, and with it possibly any log.</param>
/// <param name="Path">The file.</param>
/// <param name="Finding">What was expected and what was found.</param>
public sealed record LogDamage(LogDescription? Log, string Path, string Finding)
{
    public override string ToString() => Log is null ? $"{Path}: {Finding}" : $"{Log}: {Path}: {Finding}";
}
