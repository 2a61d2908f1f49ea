using System.Net;
using System.Net.NetworkInformation;

namespace Actors.Silo.Links;

/// <summary>What the operating system says of them.</summary>
public sealed class NetworkCards : INetworkCards
{
    /// <inheritdoc/>
    public CardReading? Read(IPAddress address)
    {
        try
        {
            var card = NetworkInterface.GetAllNetworkInterfaces()
                .FirstOrDefault(one => one.GetIPProperties().UnicastAddresses.Any(known => known.Address.Equals(address)));
            if (card is null) return null;
            var counted = card.GetIPStatistics();
            // A loopback card has no carrier to tell of; Linux says that its status is unknown.
            return new CardReading(card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown, counted.BytesReceived, counted.BytesSent);
        }
        catch (NetworkInformationException)
        {
            // A card vanished while it was read.
            return null;
        }
    }
}
