using System.Net;
using Actors.Gateway.Agents;
using Actors.Grains.Agents;

namespace Actors.Gateway.Tests.Agents;

/// <summary>Whose share a dial takes.</summary>
public sealed class DialSharesTests
{
    private static readonly AgentsGatewayOptions Options = new() { MaxDialsPerAddress = 1, MaxDialsPerAgent = 100, MaxDialsPerToken = 100, MaxSocketsPerToken = 2 };

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", false)]
    [InlineData("192.0.2.1", "192.0.2.2", true)]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:ffff::", false)]
    [InlineData("2001:db8:1:2::", "2001:db8:1:3::", true)]
    [InlineData(null, null, false)]
    public void Of_version_6_a_network_is_one_address(string? first, string? second, bool areTwo)
    {
        var shares = new DialShares(Options);
        Assert.Null(shares.TryEnter(Of(first), Client(), 0, out var retryAfterMs));
        Assert.Equal(0, retryAfterMs);
        Assert.Equal(areTwo, shares.TryEnter(Of(second), Client(), 0, out retryAfterMs) is null);
        Assert.Equal(areTwo, retryAfterMs == 0);

        static IPAddress? Of(string? address) => address is null ? null : IPAddress.Parse(address);
    }

    [Fact]
    public void A_socket_that_is_closed_leaves_its_place_and_a_refusal_costs_nothing()
    {
        var shares = new DialShares(Options with { MaxDialsPerAddress = 100, MaxDialsPerToken = 4 });
        var client = Client(Guid.NewGuid());
        for (var socket = 0; socket < 2; socket++)
            Assert.Null(shares.TryEnter(IPAddress.Loopback, client, 0, out _));
        for (var more = 0; more < 10; more++)
            Assert.Contains("2 clients", shares.TryEnter(IPAddress.Loopback, client, 0, out _), StringComparison.Ordinal);
        shares.Leave(client);
        Assert.Null(shares.TryEnter(IPAddress.Loopback, client, 0, out _));
        shares.GiveBack(IPAddress.Loopback, client);
        shares.Leave(client);
        Assert.Null(shares.TryEnter(IPAddress.Loopback, client, 0, out _));
        shares.Leave(client);
        Assert.Null(shares.TryEnter(IPAddress.Loopback, client, 0, out _));
        shares.Leave(client);
        Assert.Contains("with this token", shares.TryEnter(IPAddress.Loopback, client, 0, out _), StringComparison.Ordinal);
        Assert.Null(shares.TryEnter(IPAddress.Loopback, Client(Guid.NewGuid()), 0, out _));
    }

    private static PeerPass Client(Guid? token = null) => new(
        Guid.NewGuid(),
        PeerRole.Client,
        token is { } id ? new AgentTokenClaims { Kind = AgentTokenKind.Client, TokenId = id, Subject = id, ExpiresAtUtcMs = 1 } : null);
}
