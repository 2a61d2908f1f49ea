using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Actors.Bench.Cluster;

/// <summary>The floor of a call between two processes: Kestrel's transport, and each frame sent back as it is. It ends with its process.</summary>
internal static class EchoServer
{
    /// <summary>Starts it; gives its port.</summary>
    public static async Task<int> StartAsync()
    {
        var factory = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        IConnectionListener listener = await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        _ = Task.Run(async () =>
        {
            while (await listener.AcceptAsync() is { } connection)
            {
                _ = Task.Run(() => ServeAsync(connection));
            }
        });
        return ((IPEndPoint)listener.EndPoint).Port;
    }

    private static async Task ServeAsync(ConnectionContext connection)
    {
        (PipeReader input, PipeWriter output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            ReadOnlySequence<byte> buffer = read.Buffer;
            while (EchoFrame.TryRead(ref buffer, out _, out ReadOnlySequence<byte> frame))
            {
                foreach (ReadOnlyMemory<byte> piece in frame)
                {
                    output.Write(piece.Span);
                }
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted || (await output.FlushAsync()).IsCompleted)
            {
                await connection.DisposeAsync();
                return;
            }
        }
    }
}
