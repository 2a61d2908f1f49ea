namespace Actors.Grains.Agents;

/// <summary>
/// A sign of life of an agent. Connects and disconnects are written past the batches; the store takes a heartbeat only while its row has
/// this epoch and an earlier time, so one that comes late undoes nothing.
/// </summary>
/// <param name="Key">The agent.</param>
/// <param name="Epoch">Its connection.</param>
/// <param name="AtUtcMs">When it was heard of, milliseconds since 1970-01-01 UTC.</param>
public sealed record HeartbeatRow(Guid Key, long Epoch, long AtUtcMs) : IBatchRow<Guid, HeartbeatRow>
{
    /// <inheritdoc/>
    public int Bytes => 96;

    /// <inheritdoc/>
    public HeartbeatRow MergeWith(HeartbeatRow other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.Epoch > Epoch || (other.Epoch == Epoch && other.AtUtcMs > AtUtcMs) ? other : this;
    }
}
