namespace Actors.Log;

/// <summary>Control records that were written, and what is to happen when they are durable.</summary>
/// <param name="Flush">The flush that carries the last of them; null when there was nothing to write.</param>
/// <param name="OnSynced">Runs on the completion side; must not block or throw.</param>
internal readonly record struct ControlWrite(Flush? Flush, Action? OnSynced);
