using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Actors.Kafka.Tests.Golden;

/// <summary>
/// Records what a client sends, when somebody asks for it: <c>Golden/record</c> starts this test with a port, a file and the
/// client's name in the environment, runs the client against it, and creates the file <c>FILE.stop</c> at the end.
/// </summary>
public sealed class Recorder
{
    [Fact(Explicit = true)]
    public async Task Record()
    {
        var port = int.Parse(Required("ACTORS_RECORD_PORT"), CultureInfo.InvariantCulture);
        var file = Required("ACTORS_RECORD_FILE");
        var back = int.Parse(Environment.GetEnvironmentVariable("ACTORS_RECORD_VERSIONS_BACK") ?? "0", CultureInfo.InvariantCulture);
        var broker = new RecordingBroker("127.0.0.1", port, back);
        using var stopping = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        using var stop = new FileSystemWatcher(Path.GetDirectoryName(Path.GetFullPath(file))!, Path.GetFileName(file) + ".stop");
        stop.Created += (_, _) => stopping.Cancel();
        stop.EnableRaisingEvents = true;
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await listener.AcceptSocketAsync(stopping.Token), broker, stopping.Token));
            }
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(connections);
        await File.WriteAllTextAsync(file, broker.Lines(Required("ACTORS_RECORD_CLIENT")));
    }

    private static string Required(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");

    private static async Task ServeAsync(Socket socket, RecordingBroker broker, CancellationToken stopping)
    {
        socket.NoDelay = true;
        using var stream = new NetworkStream(socket, ownsSocket: true);
        var prefix = new byte[4];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(prefix, stopping);
                var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
                await stream.ReadExactlyAsync(frame, stopping);
                await stream.WriteAsync(Answer(frame, broker), stopping);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
        }
    }

    private static ReadOnlyMemory<byte> Answer(byte[] frame, RecordingBroker broker)
    {
        var reader = new KafkaReader(frame);
        Assert.True(RequestHeader.TryRead(ref reader, out var header));
        var request = ApiTable.Get(header.ApiKey).ReadRequest(ref reader, header.Version);
        reader.ThrowIfFailed($"{header.ApiKey}Request v{header.Version}");
        var output = new ArrayBufferWriter<byte>();
        if (broker.Answer(header, request, frame) is { } response)
        {
            KafkaFrame.WriteResponse(output, response, header.Version, header.CorrelationId);
        }

        return output.WrittenMemory;
    }
}
