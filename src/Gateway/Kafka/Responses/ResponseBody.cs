using Actors.Kafka;

namespace Actors.Gateway.Kafka;

/// <summary>An answer that writes itself and holds memory until it is written, such as fetched records.</summary>
/// <remarks>Size and content are fixed when the handler hands it over; <see cref="Write"/> runs on any thread and does no disk I/O.</remarks>
public abstract class ResponseBody
{
    /// <summary>The API it answers.</summary>
    public abstract ApiKey ApiKey { get; }

    /// <summary>The bytes that <see cref="Write"/> writes.</summary>
    public abstract long SizeOf(short version);

    /// <summary>Writes the body without size and header.</summary>
    public abstract void Write(ref KafkaWriter writer, short version);

    /// <summary>Gives back what the answer holds; called once, whether it was written or not.</summary>
    public virtual void Release()
    {
    }
}
