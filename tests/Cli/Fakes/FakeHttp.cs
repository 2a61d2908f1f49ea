using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Actors.Cli.Tests;

/// <summary>An HTTP server on loopback that gives every request the same answer.</summary>
internal sealed class FakeHttp : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;
    private readonly byte[] _answer;

    public FakeHttp(int status, string body)
    {
        _answer = Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The first line of the last request.</summary>
    public string? LastRequest { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                using var reader = new StreamReader(client.GetStream());
                LastRequest = await reader.ReadLineAsync(_stopping.Token);
                while (await reader.ReadLineAsync(_stopping.Token) is { Length: > 0 })
                {
                    // Headers do not matter.
                }

                await client.GetStream().WriteAsync(_answer, _stopping.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The server is stopped.
        }
    }
}
