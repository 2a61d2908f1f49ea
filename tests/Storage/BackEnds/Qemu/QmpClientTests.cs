using System.Net.Sockets;
using System.Text;
using Actors.Harness;
using Actors.Storage.BackEnds.Qemu;

namespace Actors.Storage.Tests.BackEnds.Qemu;

/// <summary>Connections to a monitor whose daemon ends while they are opened.</summary>
public sealed class QmpClientTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public QmpClientTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Monitor));
        _listener.Listen(1);
    }

    private string Monitor => _directory.Path("qmp.sock");

    [Fact]
    public async Task A_daemon_that_ends_before_it_takes_the_connection_is_not_there()
    {
        var connecting = QmpClient.TryConnectAsync(Monitor, CancellationToken.None); // a local connection is made at once, and waits
        Assert.False(connecting.IsCompleted);
        _listener.Dispose();
        Assert.Null(await connecting.WaitAsync(BackEndWorld.Guard));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"QMP\": {}}\n")]
    public async Task A_daemon_that_ends_before_it_has_answered_is_not_there(string greeting)
    {
        var connecting = QmpClient.TryConnectAsync(Monitor, CancellationToken.None);
        using (var caller = await _listener.AcceptAsync().WaitAsync(BackEndWorld.Guard)) await caller.SendAsync(Encoding.UTF8.GetBytes(greeting));
        Assert.Null(await connecting.WaitAsync(BackEndWorld.Guard));
    }

    [Fact]
    public async Task What_does_not_speak_the_protocol_is_no_daemon_that_is_away()
    {
        var connecting = QmpClient.TryConnectAsync(Monitor, CancellationToken.None);
        using var caller = await _listener.AcceptAsync().WaitAsync(BackEndWorld.Guard);
        await caller.SendAsync("220 ready\r\n"u8.ToArray());
        Assert.Contains("no JSON", (await Assert.ThrowsAsync<IOException>(() => connecting.WaitAsync(BackEndWorld.Guard))).Message);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _directory.Dispose();
    }
}
