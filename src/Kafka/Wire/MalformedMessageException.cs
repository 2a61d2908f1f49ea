namespace Actors.Kafka;

/// <summary>Bytes from a peer are not the message that they should be. The connection they came from cannot go on.</summary>
/// <param name="messageName">The message's name: <c>MetadataResponse</c>.</param>
/// <param name="malformation">What is wrong.</param>
/// <param name="position">Where it was noticed: bytes from the start of what the reader was given.</param>
public sealed class MalformedMessageException(string messageName, Malformation malformation, int position)
    : Exception($"{messageName} is malformed at byte {position}: {malformation}.")
{
    /// <summary>The message's name.</summary>
    public string MessageName { get; } = messageName;

    /// <summary>What is wrong.</summary>
    public Malformation Malformation { get; } = malformation;

    /// <summary>Bytes from the start of what the reader was given.</summary>
    public int Position { get; } = position;
}
