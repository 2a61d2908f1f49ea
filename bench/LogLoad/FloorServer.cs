using System.Net;
using System.Net.Sockets;
using Actors.Bench.Report;
using Microsoft.Win32.SafeHandles;

namespace Actors.Bench.LogLoad;

/// <summary>
/// What any durable log must at least do, and nothing else: one thread reads every socket that has bytes, writes all of it with one
/// write and one fdatasync into a preallocated file, and answers each frame with its first eight bytes.
/// </summary>
/// <remarks>Frame: int32 size (big-endian) of what follows, int64 id, payload. Answer: int64 id. It runs as a process of its own, as the silo does.</remarks>
internal sealed class FloorServer : IDisposable
{
    private const int MaxFlushBytes = 8 << 20;
    private const int BlockBytes = 4096;
    private const long FileBytes = 256L << 20;
    private readonly Socket _listener;
    private readonly SafeFileHandle _file;
    private readonly SecondWriter _second;
    private readonly uint _extraSyncMicroseconds;
    private readonly byte[] _flush = GC.AllocateArray<byte>(MaxFlushBytes + BlockBytes, pinned: true);
    private readonly Dictionary<Socket, FloorConnection> _connections = [];
    private long _position;
    private long _syncs;

    private FloorServer(int port, string directory, int fsyncMs)
    {
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(512);
        Directory.CreateDirectory(directory);
        _file = File.OpenHandle(Path.Combine(directory, "floor.wal"), FileMode.Create, FileAccess.Write, FileShare.None);
        var zeros = new byte[1 << 20];
        for (long at = 0; at < FileBytes; at += zeros.Length)
        {
            RandomAccess.Write(_file, zeros, at);
        }

        Disk.Sync(_file, 0);
        _second = new SecondWriter(Path.Combine(directory, "floor.second"));
        _extraSyncMicroseconds = (uint)fsyncMs * 1000;
    }

    /// <summary>Serves until standard input ends; prints one line when it listens, and one with its fdatasyncs at the end.</summary>
    public static Task<int> RunAsync(BenchArguments arguments)
    {
        using var server = new FloorServer(arguments.Number("port", 0, 1, 65_535), arguments.Text("directory", "."), arguments.Number("fsync-ms", 0, 0, 1000));
        arguments.RefuseRest();
        var serving = new Thread(server.ServeUntilClosed) { IsBackground = true, Name = "floor" };
        serving.Start();
        Console.WriteLine("ready");
        while (Console.ReadLine() is not null)
        {
            Console.WriteLine(Interlocked.Read(ref server._syncs));
        }

        return Task.FromResult(0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Dispose();
        _second.Dispose();
        _file.Dispose();
    }

    private void ServeUntilClosed()
    {
        try
        {
            Serve();
        }
        catch (ObjectDisposedException)
        {
            // The benchmark has ended.
        }
    }

    private void Serve()
    {
        var readable = new List<Socket>();
        var received = new List<FloorConnection>();
        while (true)
        {
            readable.Clear();
            readable.Add(_listener);
            readable.AddRange(_connections.Keys);
            Socket.Select(readable, null, null, -1);
            received.Clear();
            var filled = 0;
            foreach (var socket in readable)
            {
                if (socket == _listener)
                {
                    var accepted = _listener.Accept();
                    accepted.NoDelay = true;
                    _connections.Add(accepted, new FloorConnection(accepted));
                }
                else if (_connections[socket].Receive(_flush.AsSpan(0, MaxFlushBytes), ref filled))
                {
                    received.Add(_connections[socket]);
                }
                else
                {
                    _connections.Remove(socket);
                    socket.Dispose();
                }
            }

            if (filled > 0)
            {
                Commit(filled);
                received.ForEach(connection => connection.Answer());
            }
        }
    }

    private void Commit(int filled)
    {
        var aligned = (filled + BlockBytes - 1) / BlockBytes * BlockBytes;
        if (_position + aligned > FileBytes)
        {
            _position = 0;
        }

        RandomAccess.Write(_file, _flush.AsSpan(0, aligned), _position);
        Disk.Sync(_file, _extraSyncMicroseconds);
        Interlocked.Increment(ref _syncs);
        _position += aligned;
        _second.Add(_flush.AsSpan(0, filled));
    }
}
