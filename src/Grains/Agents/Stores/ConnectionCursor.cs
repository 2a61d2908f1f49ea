namespace Actors.Grains.Agents;

/// <summary>A place in the connection log.</summary>
/// <param name="AtUtcMs">When the connection began, or ended where that is all that is known.</param>
/// <param name="Key">The connection.</param>
public readonly record struct ConnectionCursor(long AtUtcMs, ConnectionKey Key)
{
    /// <summary>The place of a row.</summary>
    public static ConnectionCursor Of(ConnectionRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new(row.AtUtcMs, row.Key);
    }
}
