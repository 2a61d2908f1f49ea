namespace Actors.Log;

/// <summary>A log that a flush holds appends of, and where it ends with them.</summary>
internal struct TouchedLog
{
    public StoredLog Log;
    public long EndOffset;
}
