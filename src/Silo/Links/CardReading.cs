namespace Actors.Silo.Links;

/// <summary>A network card as it is at a moment.</summary>
/// <param name="IsUp">Whether it works: it has a carrier and is switched on.</param>
/// <param name="ReceivedBytes">Received since it was switched on.</param>
/// <param name="SentBytes">Sent since then.</param>
public readonly record struct CardReading(bool IsUp, long ReceivedBytes, long SentBytes);
