using System.Net;
using System.Net.Sockets;
using Actors.Grains.Agents;

namespace Actors.Gateway.Agents;

/// <summary>
/// Keeps one address, agent or token from taking what others need: each may dial so often, and a client's token may have so many sockets.
/// Who stays below never notices. Safe to use from any thread.
/// </summary>
/// <param name="options">How much is whose.</param>
internal sealed class DialShares(AgentsGatewayOptions options)
{
    private readonly Lock _gate = new();
    private readonly KeyedGates<IPAddress> _addresses = new(options.MaxDialsPerAddress, options.MaxRetryAfterMs);
    private readonly KeyedGates<Guid> _agents = new(options.MaxDialsPerAgent, options.MaxRetryAfterMs);
    private readonly KeyedGates<Guid> _tokens = new(options.MaxDialsPerToken, options.MaxRetryAfterMs);
    private readonly Dictionary<Guid, int> _sockets = [];

    /// <summary>A peer dials: takes a dial from its shares, and a socket from its token's.</summary>
    /// <param name="address">Where it comes from.</param>
    /// <param name="pass">Who it is.</param>
    /// <param name="nowMs">A clock that never goes back.</param>
    /// <param name="retryAfterMs">Milliseconds of which it should wait a random part; 0 when it is taken.</param>
    /// <returns>Null when it is taken: <see cref="Leave"/> comes later. Else why not, in a sentence.</returns>
    public string? TryEnter(IPAddress? address, PeerPass pass, long nowMs, out int retryAfterMs)
    {
        lock (_gate)
        {
            var source = SourceOf(address);
            retryAfterMs = _addresses.TryEnter(source, nowMs);
            if (retryAfterMs > 0)
                return $"More than {options.MaxDialsPerAddress} connections a minute come from this address.";
            retryAfterMs = pass.Role == PeerRole.Agent ? _agents.TryEnter(pass.Id, nowMs) : pass.Claims is { } client ? _tokens.TryEnter(client.TokenId, nowMs) : 0;
            if (retryAfterMs > 0)
            {
                _addresses.GiveBack(source);
                return pass.Role == PeerRole.Agent
                    ? $"This agent connects more than {options.MaxDialsPerAgent} times a minute."
                    : $"More than {options.MaxDialsPerToken} connections a minute come with this token.";
            }

            if (TokenOf(pass) is not { } token)
                return null;
            var open = _sockets.GetValueOrDefault(token);
            if (open < options.MaxSocketsPerToken)
            {
                _sockets[token] = open + 1;
                return null;
            }

            GiveBackDial(source, pass);
            retryAfterMs = options.MaxRetryAfterMs;
            return $"{options.MaxSocketsPerToken} clients are connected to this silo with this token, and no more may be.";
        }
    }

    /// <summary>The dial came to nothing, through no fault of the peer's: it does not count.</summary>
    public void GiveBack(IPAddress? address, PeerPass pass)
    {
        lock (_gate)
            GiveBackDial(SourceOf(address), pass);
    }

    /// <summary>The socket of a peer that was taken is closed, or was never opened.</summary>
    public void Leave(PeerPass pass)
    {
        if (TokenOf(pass) is not { } token)
            return;
        lock (_gate)
        {
            if (--_sockets[token] == 0)
                _sockets.Remove(token);
        }
    }

    private void GiveBackDial(IPAddress source, PeerPass pass)
    {
        _addresses.GiveBack(source);
        if (pass.Role == PeerRole.Agent)
            _agents.GiveBack(pass.Id);
        else if (pass.Claims is { } client)
            _tokens.GiveBack(client.TokenId);
    }

    /// <summary>The token that bounds a peer's sockets. An agent has one socket anyway: a newer one takes its place.</summary>
    private static Guid? TokenOf(PeerPass pass) => pass.Role == PeerRole.Client ? pass.Claims?.TokenId : null;

    /// <summary>Whose share it is: an address of version 4, or the network of one of version 6, of which somebody has a whole one.</summary>
    private static IPAddress SourceOf(IPAddress? address)
    {
        if (address is null)
            return IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
