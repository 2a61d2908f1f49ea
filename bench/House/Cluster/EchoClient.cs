using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Bench.Cluster;

/// <summary>Calls the <see cref="EchoServer"/>: many callers on one connection, each frame flushed as it comes.</summary>
internal sealed class EchoClient : IAsyncDisposable
{
    private readonly SocketConnectionContextFactory _factory = new(new SocketConnectionFactoryOptions(), NullLogger.Instance);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _waiting = new();
    private readonly ConnectionContext _connection;
    private readonly Task _reading;
    private int _slots;

    private EchoClient(Socket socket)
    {
        _connection = _factory.Create(socket);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Connects.</summary>
    public static async Task<EchoClient> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new EchoClient(socket);
    }

    /// <summary>Sends bytes and waits until they are back.</summary>
    public async Task CallAsync(ReadOnlyMemory<byte> bytes)
    {
        int slot = Interlocked.Increment(ref _slots);
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[slot] = answered;
        PipeWriter output = _connection.Transport.Output;
        await _writing.WaitAsync();
        try
        {
            EchoFrame.WriteHeader(output.GetSpan(EchoFrame.HeaderBytes), bytes.Length, slot);
            output.Advance(EchoFrame.HeaderBytes);
            output.Write(bytes.Span);
            await output.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }

        await answered.Task;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connection.Abort();
        await _reading;
        await _connection.DisposeAsync();
        _factory.Dispose();
        _writing.Dispose();
    }

    private async Task ReadAsync()
    {
        PipeReader input = _connection.Transport.Input;
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync();
                ReadOnlySequence<byte> buffer = read.Buffer;
                while (EchoFrame.TryRead(ref buffer, out int slot, out _))
                {
                    if (_waiting.TryRemove(slot, out TaskCompletionSource? answered))
                    {
                        answered.SetResult();
                    }
                }

                input.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (ConnectionAbortedException)
        {
            // The benchmark is over.
        }
    }
}
