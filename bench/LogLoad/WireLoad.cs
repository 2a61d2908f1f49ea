namespace Actors.Bench.LogLoad;

/// <summary>How a load speaks to the server under test: what one request looks like and where its answer ends.</summary>
/// <remarks>Not thread-safe: a load thread has its own.</remarks>
internal abstract class WireLoad
{
    /// <summary>One request with a placeholder for its number; the load copies it.</summary>
    public abstract ReadOnlySpan<byte> Request { get; }

    /// <summary>Messages in one request.</summary>
    public abstract int MessagesPerRequest { get; }

    /// <summary>Bytes that a producer calls its own (payloads), in one request.</summary>
    public abstract int PayloadBytesPerRequest { get; }

    /// <summary>Writes the request's number into a copy of <see cref="Request"/>.</summary>
    public abstract void Number(Span<byte> request, int number);

    /// <summary>Takes one answer off the front of what was received.</summary>
    /// <returns>Its size in bytes, or 0 while it is incomplete.</returns>
    /// <exception cref="InvalidDataException">The server has refused the request.</exception>
    public abstract int TakeAnswer(ReadOnlySpan<byte> received);
}
