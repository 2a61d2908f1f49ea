using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>A request that was accepted and its answer: one place in a connection's <see cref="ResponseRing"/>.</summary>
/// <remarks>Whoever has the answer calls <see cref="MarkReady"/> once; afterwards the ring owns the exchange until it is written.</remarks>
internal abstract class Exchange
{
    private volatile bool _ready;

    /// <summary>The number that the client gave its request.</summary>
    public int CorrelationId { get; protected set; }

    /// <summary>The request's version, which is the answer's too.</summary>
    public short Version { get; protected set; }

    /// <summary>When the request was read, in ticks of the clock's timestamp.</summary>
    public long ReceivedAtTimestamp { get; protected set; }

    /// <summary>
    /// Bytes that the request, and then its answer, hold until they are written, for the connection's limit; 0 where it is next
    /// to nothing. Changes only before <see cref="MarkReady"/>.
    /// </summary>
    public long HeldBytes { get; protected set; }

    /// <summary>The answer is there.</summary>
    public bool IsReady => _ready;

    /// <summary>Whether the answer is made when its turn has come. Known when <see cref="IsReady"/>.</summary>
    public virtual bool IsDeferred => false;

    /// <summary>Makes a deferred answer ready to be written, on a pool thread.</summary>
    public virtual ValueTask PrepareAsync(CancellationToken token) => ValueTask.CompletedTask;

    /// <summary>The next one in the list of free exchanges.</summary>
    public Exchange? NextFree { get; set; }

    /// <summary>Publishes the answer to the ring.</summary>
    public void MarkReady() => _ready = true;

    /// <summary>Writes size, header and body. Called once, by the ring, when ready. Does no disk I/O.</summary>
    public abstract void Write(ref KafkaWriter writer);

    /// <summary>The answer is written or never will be: gives back what the exchange holds.</summary>
    /// <returns>True when the exchange may be used again.</returns>
    public abstract bool Release();

    /// <summary>Answers a request whose time is over with the protocol's own error, where it has one.</summary>
    /// <param name="nowTimestamp">The clock's timestamp.</param>
    /// <returns>True when the exchange is ready now.</returns>
    public virtual bool TryExpire(long nowTimestamp) => false;

    /// <summary>When <see cref="TryExpire"/> has something to do; <see cref="long.MaxValue"/> for never.</summary>
    public virtual long ExpiresAtTimestamp => long.MaxValue;

    /// <summary>Makes the exchange new for its next request.</summary>
    protected void Reset() => _ready = false;
}
