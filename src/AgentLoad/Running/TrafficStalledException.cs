using System.Globalization;

namespace Actors.AgentLoad.Running;

/// <summary>Traffic of a number of updates could not go on: nothing was sent and nobody was told anything for too long.</summary>
/// <param name="sent">How many updates were sent.</param>
/// <param name="wanted">How many there were to be.</param>
/// <param name="silentMs">Milliseconds since the last was sent or told.</param>
public sealed class TrafficStalledException(long sent, long wanted, long silentMs) : Exception(string.Create(
    CultureInfo.InvariantCulture, $"The traffic stood still: {sent:N0} of {wanted:N0} updates were sent, and for {silentMs:N0} ms no other could be, nor was anybody told of one."))
{
    /// <summary>How many updates were sent.</summary>
    public long Sent => sent;

    /// <summary>How many there were to be.</summary>
    public long Wanted => wanted;

    /// <summary>Milliseconds since the last was sent or told.</summary>
    public long SilentMs => silentMs;
}
