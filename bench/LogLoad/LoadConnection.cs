using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Actors.Bench.Report;

namespace Actors.Bench.LogLoad;

/// <summary>One client connection that keeps a window of requests in flight, in a closed loop.</summary>
/// <remarks>Used by one thread. Answers come in request order, so a ring of send times is all that latency needs.</remarks>
internal sealed class LoadConnection : IDisposable
{
    private readonly WireLoad _wire;
    private readonly long[] _sentAtTicks;
    private readonly byte[] _output;
    private readonly byte[] _input = new byte[1 << 20];
    private int _have;
    private int _sent;
    private int _answered;

    /// <summary>Connects to the loopback port.</summary>
    public LoadConnection(WireLoad wire, int port, int outstanding)
    {
        _wire = wire;
        _sentAtTicks = new long[outstanding];
        _output = new byte[wire.Request.Length * outstanding];
        for (var index = 0; index < outstanding; index++)
        {
            wire.Request.CopyTo(_output.AsSpan(index * wire.Request.Length));
        }

        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
    }

    /// <summary>The socket, for <see cref="Socket.Select(System.Collections.IList, System.Collections.IList, System.Collections.IList, int)"/>.</summary>
    public Socket Socket { get; }

    /// <summary>Messages in each request.</summary>
    public int MessagesPerRequest => _wire.MessagesPerRequest;

    /// <summary>Requests that were sent and are not answered.</summary>
    public int InFlight => _sent - _answered;

    /// <summary>Fills the window and sends it with one call.</summary>
    public void Fill() => Send(_sentAtTicks.Length - InFlight, Stopwatch.GetTimestamp());

    /// <summary>Sends requests with one call.</summary>
    /// <param name="count">How many; the window must have room for them.</param>
    /// <param name="sinceTicks">From when their latency counts: now, or when they were due.</param>
    public void Send(int count, long sinceTicks)
    {
        if (count == 0)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _sentAtTicks.Length - InFlight);
        var size = _wire.Request.Length;
        for (var index = 0; index < count; index++)
        {
            _wire.Number(_output.AsSpan(index * size, size), _sent + index);
        }

        for (var index = 0; index < count; index++)
        {
            _sentAtTicks[_sent++ % _sentAtTicks.Length] = sinceTicks;
        }

        for (var sent = 0; sent < count * size;)
        {
            sent += Socket.Send(_output.AsSpan(sent, (count * size) - sent));
        }
    }

    /// <summary>Reads once and records the latency of every answer that is whole.</summary>
    /// <exception cref="IOException">The server has closed the connection.</exception>
    public void Receive(LatencyHistogram latencies)
    {
        var read = Socket.Receive(_input.AsSpan(_have));
        if (read == 0)
        {
            throw new IOException("the server has closed the connection");
        }

        var now = Stopwatch.GetTimestamp();
        _have += read;
        var used = 0;
        while (_wire.TakeAnswer(_input.AsSpan(used, _have - used)) is > 0 and var size)
        {
            used += size;
            latencies.Record(now - _sentAtTicks[_answered++ % _sentAtTicks.Length]);
        }

        _input.AsSpan(used, _have - used).CopyTo(_input);
        _have -= used;
    }

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();
}
