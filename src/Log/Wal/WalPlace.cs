namespace Actors.Log;

/// <summary>Where the payload of a record goes, before the record is committed.</summary>
/// <param name="Bytes">Memory of the slab.</param>
/// <param name="Start">Index of the payload's first byte.</param>
/// <param name="Room">Payload bytes that fit.</param>
internal readonly record struct WalPlace(byte[] Bytes, int Start, int Room);
