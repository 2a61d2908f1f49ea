using System.Net;
using Actors.Gateway.Agents;
using Microsoft.AspNetCore.Http;

namespace Actors.Gateway.Tests.Agents;

/// <summary>Who counts as being on the silo's own machine, and may do there what nobody else may.</summary>
public sealed class CallerTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.8.9.10", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.1", true)] // as a socket for both versions has it
    [InlineData("10.0.0.5", false)]
    [InlineData("::ffff:10.0.0.5", false)]
    [InlineData("fe80::1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData(null, false)] // no address at all, as by a Unix socket
    public void Its_address_is_one_of_this_machine(string? remote, bool isLocal) => Assert.Equal(isLocal, Caller.IsLocal(From(remote, "localhost")));

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST:8080", true)]
    [InlineData("127.0.0.1:8080", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("silo.example.org", false)] // a name that its owner lets lead here, for a browser
    [InlineData("localhost.example.org", false)]
    [InlineData("10.0.0.5", false)]
    [InlineData("", false)]
    public void It_uses_a_name_of_this_machine(string host, bool isLocal) => Assert.Equal(isLocal, Caller.IsLocal(From("127.0.0.1", host)));

    [Theory]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-forwarded-host")]
    [InlineData("X-Real-IP")]
    public void It_comes_through_no_proxy(string header)
    {
        var context = From("127.0.0.1", "localhost");
        context.Request.Headers[header] = "127.0.0.1";
        Assert.False(Caller.IsLocal(context));
    }

    private static DefaultHttpContext From(string? remote, string host)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        context.Request.Host = new HostString(host);
        return context;
    }
}
