using System.Net.Sockets;
using System.Text;
using Actors.Harness;

namespace Actors.Cli.Tests;

/// <summary>An HTTP server on loopback that answers as Prometheus does: every sample is there and fresh, and heat is what the test says.</summary>
internal sealed class FakePrometheus : IAsyncDisposable
{
    private readonly LoopbackServer _server;

    public FakePrometheus() => _server = new(ServeAsync);

    public string Address => $"http://127.0.0.1:{_server.Port}";

    /// <summary>The volumes that are measured.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = ["v1"];

    /// <summary>Operations per second of each.</summary>
    public int Iops { get; set; }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (await reader.ReadLineAsync(stopping) is { Length: > 0 })
        {
            var length = 0;
            while (await reader.ReadLineAsync(stopping) is { Length: > 0 } header)
            {
                if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) length = int.Parse(header["Content-Length:".Length..], System.Globalization.CultureInfo.InvariantCulture);
            }

            var form = new char[length];
            for (var read = 0; read < length; read += await reader.ReadAsync(form.AsMemory(read), stopping)) { }
            var query = Uri.UnescapeDataString(new string(form));
            var value = query.Contains("count_over_time", StringComparison.Ordinal) ? 100_000 : query.Contains("timestamp", StringComparison.Ordinal) ? 1 : Iops;
            var series = string.Join(',', Volumes.Select(volume => $$$"""{"metric":{"pv_name":"{{{volume}}}"},"value":[1,"{{{value}}}"]}"""));
            var body = """{"status":"success","data":{"resultType":"vector","result":[""" + series + "]}}";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"), stopping);
        }
    }
}
