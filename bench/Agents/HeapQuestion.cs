using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Actors.Bench.Agents;

/// <summary>
/// Has another .NET process collect all of its garbage, over the socket that the runtime opens for diagnostics; the process needs nothing of its own for it. Who may
/// open that socket is the same user or root.
/// </summary>
/// <remarks>Source: dotnet/diagnostics, documentation/design-docs/ipc-protocol.md: a session of EventPipe with the keyword GCHeapCollect begins with a full, blocking collection.</remarks>
internal static class HeapQuestion
{
    private const byte EventPipe = 2;
    private const byte CollectTracing2 = 3;
    private const int HeaderBytes = 20;
    private const int NetTrace = 1;
    private const long HeapCollect = 0x80_0000;
    private const int Informational = 4;
    private const string Provider = "Microsoft-Windows-DotNETRuntime";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Collects, and waits until the collection is over.</summary>
    public static async Task CollectAsync(Process process)
    {
        var path = Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{process.Id}-*-socket").Single();
        using var limit = new CancellationTokenSource(Limit);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token);
        await socket.SendAsync(Request(), limit.Token);
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        var answer = new byte[HeaderBytes + sizeof(long)];
        await stream.ReadExactlyAsync(answer, limit.Token);
        if (answer[16] != 0xFF || answer[17] != 0) throw new InvalidDataException($"process {process.Id} does not collect: {Convert.ToHexString(answer)}");

        // The collection is within the session's beginning, so its end is known when the stream has begun.
        await stream.ReadExactlyAsync(answer.AsMemory(0, 1), limit.Token);
        using var stop = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await stop.ConnectAsync(new UnixDomainSocketEndPoint(path), limit.Token);
        await stop.SendAsync(Stop(answer.AsSpan(HeaderBytes)), limit.Token);
        await stream.CopyToAsync(Stream.Null, limit.Token);
    }

    private static byte[] Request()
    {
        using var payload = new MemoryStream();
        using var writer = new BinaryWriter(payload);
        writer.Write(16); // MB of its buffer
        writer.Write(NetTrace);
        writer.Write(false); // no rundown
        writer.Write(1); // providers
        writer.Write(HeapCollect);
        writer.Write(Informational);
        Write(writer, Provider);
        Write(writer, "");
        return Message(CollectTracing2, payload.ToArray());
    }

    private static byte[] Stop(ReadOnlySpan<byte> session) => Message(1, session.ToArray());

    private static void Write(BinaryWriter writer, string text)
    {
        writer.Write(text.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(text + '\0'));
    }

    private static byte[] Message(byte command, byte[] payload)
    {
        var message = new byte[HeaderBytes + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        (message[16], message[17]) = (EventPipe, command);
        payload.CopyTo(message, HeaderBytes);
        return message;
    }
}
