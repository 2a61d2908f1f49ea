using System.Buffers.Text;
using Actors.Grains.Agents;

namespace Actors.Grains.Tests.Agents;

public sealed class AgentTokensTests
{
    private const long NowMs = 1_800_000_000_000;

    private static readonly byte[] Old = [.. Enumerable.Range(0, 32).Select(number => (byte)number)];

    private static readonly byte[] New = [.. Enumerable.Range(100, 32).Select(number => (byte)number)];

    private static readonly AgentTokenClaims Claims = new()
    {
        Kind = AgentTokenKind.Client,
        TokenId = new Guid("00112233-4455-4677-8899-aabbccddeeff"),
        Subject = new Guid("a0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf"),
        ExpiresAtUtcMs = NowMs + 1,
        Agents = [new Guid("b0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf"), new Guid("c0a1a2a3-a4a5-46a7-98a9-aaabacadaeaf")],
    };

    private readonly AgentTokens _tokens = new(new Dictionary<uint, byte[]> { [1] = Old });

    [Fact]
    public void What_is_issued_is_read_until_its_time_is_over()
    {
        var token = _tokens.Issue(Claims);
        Assert.Equal(AgentTokenRefusal.None, Read(token, out var read));
        Assert.Equal(Claims with { Agents = [] }, read! with { Agents = [] });
        Assert.Equal(Claims.Agents, read.Agents);
        Assert.Equal(AgentTokenRefusal.Expired, _tokens.Read(token, AgentTokenKind.Client, NowMs + 1, out _));
        Assert.Equal(AgentTokenRefusal.WrongKind, _tokens.Read(token, AgentTokenKind.Agent, NowMs, out read));
        Assert.Null(read);
    }

    [Fact]
    public void A_client_reaches_the_agents_that_its_token_names()
    {
        Assert.True(Claims.Reaches(Claims.Agents[1]));
        Assert.False(Claims.Reaches(Claims.Subject));
        Assert.True((Claims with { IsForAllAgents = true, Agents = [] }).Reaches(Claims.Subject));
        Assert.False((Claims with { Kind = AgentTokenKind.Agent, IsForAllAgents = true }).Reaches(Claims.Subject));
    }

    [Fact]
    public void Every_changed_byte_makes_it_unknown()
    {
        var bytes = Base64Url.DecodeFromChars(_tokens.Issue(Claims));
        for (var index = 0; index < bytes.Length; index++)
        {
            bytes[index] ^= 1;
            Assert.Equal(AgentTokenRefusal.Unknown, Read(Base64Url.EncodeToString(bytes), out _));
            bytes[index] ^= 1;
        }

        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(AgentTokenRefusal.Unknown, Read(Base64Url.EncodeToString(bytes.AsSpan(0, length)), out _));
        Assert.Equal(AgentTokenRefusal.None, Read(Base64Url.EncodeToString(bytes), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("é")]
    [InlineData("AQ==")]
    [InlineData("A")]
    public void What_is_no_token_is_unknown(string text) => Assert.Equal(AgentTokenRefusal.Unknown, Read(text, out _));

    [Fact]
    public void A_text_that_is_too_long_is_unknown() => Assert.Equal(AgentTokenRefusal.Unknown, Read(new string('A', 1_000_000), out _));

    [Fact]
    public void Keys_change_without_a_moment_at_which_tokens_fail()
    {
        var both = new AgentTokens(new Dictionary<uint, byte[]> { [1] = Old, [2] = New });
        var late = new AgentTokens(new Dictionary<uint, byte[]> { [2] = New });
        Assert.Equal(AgentTokenRefusal.None, both.Read(_tokens.Issue(Claims), AgentTokenKind.Client, NowMs, out _));
        Assert.Equal(AgentTokenRefusal.None, late.Read(both.Issue(Claims), AgentTokenKind.Client, NowMs, out _));
        Assert.Equal(AgentTokenRefusal.Unknown, late.Read(_tokens.Issue(Claims), AgentTokenKind.Client, NowMs, out _));
    }

    [Fact]
    public void A_short_key_and_no_key_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new AgentTokens(new Dictionary<uint, byte[]>()));
        Assert.Throws<ArgumentException>(() => new AgentTokens(new Dictionary<uint, byte[]> { [1] = new byte[31] }));
    }

    [Fact]
    public void A_token_names_as_many_agents_as_it_can_and_no_more()
    {
        var agents = Enumerable.Range(0, AgentTokens.MaxAgents).Select(number => new Guid(number + 1, 0, 0, new byte[8])).ToArray();
        Assert.Equal(AgentTokenRefusal.None, Read(_tokens.Issue(Claims with { Agents = agents }), out var read));
        Assert.Equal(agents, read!.Agents);
        Assert.Throws<ArgumentOutOfRangeException>(() => _tokens.Issue(Claims with { Agents = [.. agents, Claims.Subject] }));
    }

    /// <summary>Tokens that people have must stay good: the format only grows with its version. Computed by another program.</summary>
    [Fact]
    public void The_format_stays() => Assert.Equal(
        "AQIAAAABABEiM0RVRneImaq7zN3u_6ChoqOkpUanmKmqq6ytrq8AAAGjGFxQAQAAAMj871NKqgRuYuLkzTUEAmc0FndfvjA3fgj3LpWY-qac",
        _tokens.Issue(Claims with { Agents = [] }));

    private AgentTokenRefusal Read(string token, out AgentTokenClaims? claims) => _tokens.Read(token, AgentTokenKind.Client, NowMs, out claims);
}
