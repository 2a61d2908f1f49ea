using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Actors.Silo.Options;

/// <summary>Reads the host part of a listener.</summary>
public static class ListenAddress
{
    /// <summary>What may be written.</summary>
    public const string Allowed = "must be an IP address, \"localhost\", or \"*\" for all addresses of the machine";

    /// <summary>Reads a host. "*" is every IPv6 and IPv4 address, or every IPv4 address where the machine has no IPv6.</summary>
    public static bool TryParse(string host, [NotNullWhen(true)] out IPAddress? address)
    {
        address = host switch
        {
            "localhost" => IPAddress.Loopback,
            "*" => System.Net.Sockets.Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any,
            _ => null,
        };
        return address is not null || IPAddress.TryParse(host, out address);
    }
}
