namespace Actors.Storage.BackEnds.Files;

/// <summary>Another process, or another handle of this one, writes the file.</summary>
internal sealed class FileHeldException(string path) : IOException($"{path} is being written by another process");
