using System.Net.Sockets;
using System.Text;
using Actors.Harness;

namespace Actors.Cli.Tests;

/// <summary>An HTTP server on loopback that answers each request as the test says.</summary>
internal sealed class ScriptedHttp : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly Func<string, (int Status, string Body)?> _answer;

    /// <param name="answer">Of the method and path of a request: a status and a body, or null to break the connection off.</param>
    public ScriptedHttp(Func<string, (int Status, string Body)?> answer)
    {
        _answer = answer;
        _server = new(ServeAsync);
    }

    public string Address => $"127.0.0.1:{_server.Port}";

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        if (await reader.ReadLineAsync(stopping) is not { } request) return;
        while (await reader.ReadLineAsync(stopping) is { Length: > 0 }) { }
        if (_answer(request[..request.LastIndexOf(' ')]) is not { } answer) return;
        var (status, body) = answer;
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes($"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"), stopping);
    }
}
