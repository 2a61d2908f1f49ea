using Actors.Kafka;

namespace Actors.Grains.Groups;

/// <summary>A partition of <c>__consumer_offsets</c> cannot be opened or read.</summary>
public sealed class GroupLogException : Exception
{
    /// <summary>What happened where.</summary>
    /// <param name="partition">The partition's index.</param>
    /// <param name="error">What a client is told.</param>
    /// <param name="message">What a person is told.</param>
    /// <param name="inner">What the log threw, or null.</param>
    public GroupLogException(int partition, ErrorCode error, string message, Exception? inner = null)
        : base(message, inner)
    {
        Partition = partition;
        Error = error;
    }

    /// <summary>The partition's index.</summary>
    public int Partition { get; }

    /// <summary>What a client is told; an error that makes it look for the coordinator again.</summary>
    public ErrorCode Error { get; }
}
