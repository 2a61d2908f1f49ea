using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>An answer that writes itself and holds memory until it is written, such as fetched records.</summary>
/// <remarks>
/// An ordinary body is fixed when the handler hands it over. A deferred one is made when its turn to be written has come, one
/// at a time per connection and on a pool thread, so that neither leased records nor large memory wait for a socket or for the
/// answers in front of it. <see cref="Write"/> runs on any thread and does no disk I/O.
/// </remarks>
public abstract class ResponseBody
{
    /// <summary>The API it answers.</summary>
    public abstract ApiKey ApiKey { get; }

    /// <summary>Whether <see cref="PrepareAsync"/> makes the body when its turn has come.</summary>
    public virtual bool IsDeferred => false;

    /// <summary>
    /// Bytes of memory that the body holds until it is written, for the connection's limit; a deferred one, until its turn has
    /// come. Asked once, when the handler hands the body over.
    /// </summary>
    public virtual long HeldBytes(short version) => SizeOf(version) * BodyExchange.ParsedBytesPerByte;

    /// <summary>Makes a deferred body ready to be written; may read the disk.</summary>
    /// <param name="token">The connection has gone.</param>
    public virtual ValueTask PrepareAsync(CancellationToken token) => ValueTask.CompletedTask;

    /// <summary>The bytes that <see cref="Write"/> writes.</summary>
    public abstract long SizeOf(short version);

    /// <summary>Writes the body without size and header.</summary>
    public abstract void Write(ref KafkaWriter writer, short version);

    /// <summary>Gives back what the answer holds; called once, whether it was written or not. For a deferred body: after the client has taken it.</summary>
    public virtual void Release()
    {
    }
}
