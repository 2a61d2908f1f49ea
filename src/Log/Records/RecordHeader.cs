namespace Actors.Log;

/// <summary>A header of a record.</summary>
/// <param name="Key">Its name, UTF-8 on the wire; the same name may appear several times.</param>
/// <param name="Value">Its bytes, or null.</param>
public sealed record RecordHeader(string Key, ReadOnlyMemory<byte>? Value);
