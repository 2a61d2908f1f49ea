using System.CommandLine.Parsing;
using System.Globalization;

namespace Actors.Cli;

/// <summary>An address that a user types.</summary>
/// <param name="Host">A name or an address, an IPv6 address without brackets.</param>
/// <param name="Port">1 to 65,535.</param>
public readonly record struct HostPort(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Reads <c>host</c>, <c>host:port</c> or <c>[address]:port</c>.</summary>
    /// <param name="text">What the user typed.</param>
    /// <param name="defaultPort">The port where none is given.</param>
    public static bool TryParse(string text, int defaultPort, out HostPort address)
    {
        var colon = text.LastIndexOf(':');
        var isBare = colon < 0 || text.EndsWith(']') || text.IndexOf(':', StringComparison.Ordinal) != colon && !text.StartsWith('[');
        var host = (isBare ? text : text[..colon]).Trim('[', ']');
        var port = defaultPort;
        var isPort = isBare || int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port);
        address = new HostPort(host, port);
        return isPort && port is > 0 and <= ushort.MaxValue && Uri.CheckHostName(host) != UriHostNameType.Unknown;
    }

    /// <summary>Reads a list with commas and tells the parser about what is none.</summary>
    public static HostPort[] ParseList(ArgumentResult result, int defaultPort)
    {
        var addresses = new List<HostPort>();
        foreach (var text in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (TryParse(text, defaultPort, out var address))
            {
                addresses.Add(address);
            }
            else
            {
                result.AddError($"'{text}' is no address; write host:port, such as 127.0.0.1:{defaultPort}.");
            }
        }

        return [.. addresses];
    }
}
