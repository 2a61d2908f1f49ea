using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Qemu;

/// <summary>
/// A connection to a daemon's monitor: one command at a time, its answer, and events in between. A monitor serves one connection at a time and lets others wait, so a connection lives
/// for one call.
/// </summary>
/// <remarks>Source: QEMU Machine Protocol specification: a greeting, qmp_capabilities, then one JSON object a line.</remarks>
internal sealed class QmpClient : IDisposable
{
    private const int MaxLineChars = 4 << 20;

    private readonly Socket _socket;
    private readonly StreamReader _reader;
    private readonly Queue<JsonNode> _events = new();
    private int _commands;

    private QmpClient(Socket socket)
    {
        _socket = socket;
        _reader = new StreamReader(new NetworkStream(socket, ownsSocket: false), new UTF8Encoding(false));
    }

    /// <summary>Connects.</summary>
    /// <returns>
    /// Null when no daemon listens. A daemon that ends leaves those that wait for it without a greeting: it has closed its files by then, and taken its socket away, so that another can be started.
    /// </returns>
    /// <exception cref="IOException">What listens does not speak QMP.</exception>
    public static async Task<QmpClient?> TryConnectAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) return null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var isConnected = false;
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            var client = new QmpClient(socket);
            await client.ReadAsync(cancellationToken); // the greeting
            await client.ExecuteAsync("qmp_capabilities", null, cancellationToken);
            isConnected = true;
            return client;
        }
        catch (Exception e) when ((e as SocketException ?? e.InnerException as SocketException)?.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable
            or SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return null;
        }
        catch (EndOfStreamException)
        {
            return null;
        }
        finally
        {
            if (!isConnected) socket.Dispose();
        }
    }

    /// <summary>Has a command performed.</summary>
    /// <exception cref="QmpException">The daemon refused it.</exception>
    /// <exception cref="IOException">The daemon ended, so that it may have been performed or not.</exception>
    public async Task<JsonNode?> ExecuteAsync(string command, JsonObject? arguments, CancellationToken cancellationToken)
    {
        var id = ++_commands;
        var request = new JsonObject { ["execute"] = command, ["id"] = id };
        if (arguments is not null) request["arguments"] = arguments;
        await _socket.SendAsync(Encoding.UTF8.GetBytes(request.ToJsonString() + "\n"), cancellationToken);
        while (true)
        {
            var answer = await ReadAsync(cancellationToken);
            if (answer["event"] is not null) _events.Enqueue(answer);
            else if ((int?)answer["id"] == id)
                return answer["error"] is { } error ? throw new QmpException(command, (string?)error["desc"] ?? error.ToJsonString()) : answer["return"];
        }
    }

    /// <summary>The next event.</summary>
    public async Task<JsonNode> NextEventAsync(CancellationToken cancellationToken)
    {
        if (_events.TryDequeue(out var seen)) return seen;
        while (true)
        {
            var next = await ReadAsync(cancellationToken);
            if (next["event"] is not null) return next;
        }
    }

    public void Dispose()
    {
        _reader.Dispose();
        _socket.Dispose();
    }

    private async Task<JsonNode> ReadAsync(CancellationToken cancellationToken)
    {
        var line = await _reader.ReadLineAsync(cancellationToken) ?? throw new EndOfStreamException("the daemon closed the connection");
        if (line.Length > MaxLineChars) throw new IOException($"the daemon sent a line of {line.Length} characters");
        try
        {
            return JsonNode.Parse(line) ?? throw new IOException("the daemon sent null");
        }
        catch (JsonException mistake)
        {
            throw new IOException($"the daemon sent what is no JSON: {mistake.Message}", mistake);
        }
    }
}
