using System.IO.Pipelines;
using Actors.Kafka;
using Microsoft.AspNetCore.Connections;

namespace Actors.Gateway.Kafka;

/// <summary>
/// One client connection: reads frames, hands produce requests to the intake and others to their handlers, and lets the ring
/// answer in order.
/// </summary>
/// <remarks>
/// <para>One loop owns the input. Every run of produce requests of one read is dealt with as a whole: all are taken, then every
/// partition gets one append, then the memory goes back to the pipe. A request of another kind ends the run, so that it finds what was
/// produced before it. The loop waits when too many requests are unanswered, so a client that does not read
/// its answers stops being read itself.</para>
/// <para>Malformed bytes, an unknown API and a handler that fails end this connection and no other.</para>
/// </remarks>
internal sealed partial class ClientSession : IAsyncDisposable
{
    private readonly SessionServices _services;
    private readonly ConnectionContext _connection;
    private readonly PipeReader _input;
    private readonly ResponseRing _ring;
    private readonly ProduceIntake _produce;
    private readonly SessionClock _clock;
    private readonly FrameBuffers _frames = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationToken _gone;
    private readonly ClientFacts _client;
    private readonly long _idleTicks;
    private readonly long _readTicks;
    private long _lastReadTimestamp;
    private long _finishByTimestamp = long.MaxValue;
    private long _frameDueTimestamp;
    private bool _frameHasBegun;
    private int _aborted;

    /// <summary>Takes over a connection that Kestrel has accepted.</summary>
    public ClientSession(ConnectionContext connection, SessionServices services)
    {
        _services = services;
        _connection = connection;
        _input = connection.Transport.Input;
        _client = new ClientFacts(connection.ConnectionId, connection.RemoteEndPoint);
        _gone = connection.ConnectionClosed;
        _ring = new ResponseRing(connection.Transport.Output, services.Options, services.Time, Abort, _gone) { Written = CountWritten };
        _produce = new ProduceIntake(services.Produce, _ring, services.Events, _client, ProducedWithoutAnswer);
        _clock = new SessionClock(Look, services.Time);
        _arriving = new ArrivalShare(services.Arriving);
        _idleTicks = Ticks(services.Options.IdleTimeout);
        _readTicks = Ticks(services.Options.ReadTimeout);
        _lastReadTimestamp = services.Time.GetTimestamp();
    }

    /// <summary>Serves the client until it leaves, misbehaves, or the silo stops; then answers what was accepted.</summary>
    public async Task RunAsync()
    {
        using var closed = _gone.UnsafeRegister(static state => ((ClientSession)state!).EndWaits(), this);
        _clock.LookAt(_lastReadTimestamp + _idleTicks);
        try
        {
            await ReadUntilEndAsync();
            Hurry();
            await _ring.WaitUntilEmptyAsync(_gone);
        }
        catch (OperationCanceledException)
        {
            // The connection has ended before its requests were answered.
        }
        catch (Exception failure) when (failure is ConnectionResetException or ConnectionAbortedException or IOException)
        {
            // The client has gone.
        }
    }

    /// <summary>The silo stops: no more is read, what was accepted is answered. Any thread.</summary>
    public void Stop()
    {
        Hurry();
        _input.CancelPendingRead();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndWaitsAsync();
        _ring.Close();
        _clock.Dispose();
        _frames.ReturnAll();
        _arriving.Release();
        GiveBack(ref _parsingBytes);
    }

    private void CountWritten(Exchange exchange)
    {
        if (exchange is ProduceExchange produce)
        {
            _services.Metrics.ProduceWritten(produce.Acks, _services.Time.GetElapsedTime(produce.ReceivedAtTimestamp));
            CountProduced(produce);
        }
    }

    /// <summary>With acks=0 there is no answer, so an error can only be told by closing the connection.</summary>
    private void ProducedWithoutAnswer(ProduceExchange produce)
    {
        var error = produce.FirstError;
        CountProduced(produce);
        if (error != ErrorCode.None)
        {
            Abort($"a produce request with acks=0 was refused: {error}");
        }
    }

    private void CountProduced(ProduceExchange produce)
    {
        _services.Metrics.Answered(ApiKey.Produce, produce.FirstError);
        _services.Events.Completed(produce);
        produce.EndSpan();
    }

    /// <summary>Nothing more is accepted: what waits for events answers now, and everything has a bounded time to leave.</summary>
    private void Hurry()
    {
        Interlocked.CompareExchange(ref _finishByTimestamp, _services.Time.GetTimestamp() + Ticks(_services.Options.StopTimeout), long.MaxValue);
        _clock.LookAt(Volatile.Read(ref _finishByTimestamp));
        EndWaits();
    }

    private long Look(long nowTimestamp)
    {
        var finishBy = Volatile.Read(ref _finishByTimestamp);
        if (nowTimestamp >= finishBy)
        {
            Abort("its last requests could not be answered in time");
            return long.MaxValue;
        }

        var next = Math.Min(finishBy, _ring.Expire(nowTimestamp));
        var frameHasBegun = Volatile.Read(ref _frameHasBegun);
        var quietUntil = frameHasBegun ? Volatile.Read(ref _frameDueTimestamp) : Volatile.Read(ref _lastReadTimestamp) + _idleTicks;
        if (finishBy == long.MaxValue && nowTimestamp >= quietUntil && (frameHasBegun || _ring.InFlight == 0))
        {
            Abort(frameHasBegun ? "a request has not arrived in time" : "nothing was sent for too long");
            return long.MaxValue;
        }

        return Math.Min(next, nowTimestamp >= quietUntil ? nowTimestamp + _idleTicks : quietUntil);
    }

    private void Abort(string reason)
    {
        if (Interlocked.Exchange(ref _aborted, 1) == 0)
        {
            GatewayLog.Closing(_services.Logger, _client.Remote, reason);
            _connection.Abort(new ConnectionAbortedException(reason));
        }
    }

    private void EndWaits() => _ = EndWaitsAsync();

    private Task EndWaitsAsync() => _ending.CancelAsync();

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _services.Time.TimestampFrequency);
}
