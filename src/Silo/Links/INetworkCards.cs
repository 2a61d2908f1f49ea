using System.Net;

namespace Actors.Silo.Links;

/// <summary>The network cards of this machine.</summary>
public interface INetworkCards
{
    /// <summary>Reads the card with an address; null when this machine has none with it.</summary>
    CardReading? Read(IPAddress address);
}
