namespace Actors.Log;

/// <summary>A write-ahead file as it was found at start.</summary>
/// <param name="Number">From its name.</param>
/// <param name="LengthBytes">Length of the file.</param>
/// <param name="Header">Its last use, or null when no header is sound.</param>
internal sealed record WalFileFound(int Number, string Path, long LengthBytes, WalFileHeader? Header);
