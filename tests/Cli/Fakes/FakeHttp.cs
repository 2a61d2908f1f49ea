using System.Net.Sockets;
using System.Text;
using Actors.Harness;

namespace Actors.Cli.Tests;

/// <summary>An HTTP server on loopback that gives every request the same answer.</summary>
internal sealed class FakeHttp : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly byte[] _answer;
    private volatile string? _lastRequest;
    private volatile string? _lastAuthorization;

    public FakeHttp(int status, string body)
    {
        _answer = Encoding.UTF8.GetBytes(
            $"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
        _server = new(ServeAsync);
    }

    public string Address => $"127.0.0.1:{_server.Port}";

    /// <summary>The first line of the last request.</summary>
    public string? LastRequest => _lastRequest;

    /// <summary>The line of the last request that says who asks.</summary>
    public string? LastAuthorization => _lastAuthorization;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        _lastRequest = await reader.ReadLineAsync(stopping);
        _lastAuthorization = null;
        while (await reader.ReadLineAsync(stopping) is { Length: > 0 } header)
        {
            if (header.StartsWith("Authorization:", StringComparison.OrdinalIgnoreCase))
                _lastAuthorization = header;
        }

        await stream.WriteAsync(_answer, stopping);
    }
}
