using System.Net;
using System.Net.Sockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Actors.Agents.Tests;

/// <summary>Which spellings of an address belong to a peer, against the framework's own reader of addresses.</summary>
public sealed class AgentAddressTests
{
    private static readonly Guid[] Peers = [Sample.Peer, new("00112233-0000-0000-0000-aabbccddeeff"), new("00000001-0000-4677-0000-aabbccddeeff"), new("00000000-0000-0000-0000-0000ccddeeff")];

    private static readonly string[] Pieces = [":", "::", "0", "00", "0000", "00000", "fd61", "FD61", "1", "g", "%1", "1.2.3.4", "ffff", "12345", ""];

    [Fact]
    public void The_address_of_a_peer_belongs_to_it() => Assert.All(
        [.. Peers, Sample.Other], static peer => Assert.True(AgentAddress.Belongs(Encoding.UTF8.GetBytes($"{AgentAddress.Of(peer)}/128"), peer)));

    [Theory]
    [InlineData("fd61:6374:6f72:11:2233::/128", true)]
    [InlineData("FD61:6374:6F72:0011:2233::/128", true)]
    [InlineData("fd61:6374:6f72:11:2233::0:0/128", true)]
    [InlineData("fd61:6374:6f72:11:2233:0:0.0.0.0/128", true)]
    [InlineData("fd61:6374:6f72:11:2233::/127", false)]
    [InlineData("fd61:6374:6f72:11:2233:/128", false)]
    [InlineData("fd61:6374:6f72:11:2233::1/128", false)]
    [InlineData("::fd61:6374:6f72:11:2233::/128", false)]
    [InlineData("", false)]
    public void It_may_be_spelled_in_any_way(string text, bool belongs) => Assert.Equal(belongs, AgentAddress.Belongs(Encoding.UTF8.GetBytes(text), Peers[1]));

    [Fact]
    public void Any_spelling_is_read_as_the_framework_reads_it()
    {
        var accepted = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithEndSize(8), Prop.ForAll(Arb.From(Gen.ArrayOf(Gen.Choose(0, 1 << 20))), steps =>
        {
            var peer = Peers[steps.Length % Peers.Length];
            var text = new StringBuilder(AgentAddress.Of(peer).ToString());
            foreach (var step in steps.Take(2))
                Change(text, step);
            var belongs = AgentAddress.Belongs(Encoding.UTF8.GetBytes(text + "/128"), peer);
            Assert.True(belongs == IsAddressOf(peer, text.ToString()), $"{text} of {peer}: {belongs}");
            accepted += belongs ? 1 : 0;
        }));
        Assert.True(accepted > 2_000, $"{accepted} accepted: too few to say anything");
    }

    private static void Change(StringBuilder text, int step)
    {
        var at = step / 32 % (text.Length + 1);
        if (step % 32 < 4 && at < text.Length)
            text.Remove(at, 1);
        else if (step % 32 < 16)
            text.Insert(at, Pieces[step / 4_096 % Pieces.Length]);
        else if (step % 32 < 20)
            text.Replace(":0:", "::").Replace("::", ":0:0:");
        else if (at < text.Length)
            text[at] = char.ToUpperInvariant(text[at]);
    }

    private static bool IsAddressOf(Guid peer, string text) =>
        IPAddress.TryParse(text, out var read) && read.AddressFamily == AddressFamily.InterNetworkV6 && read.ScopeId == 0
        && !text.StartsWith('[') && read.Equals(AgentAddress.Of(peer));
}
