using System.Buffers;

namespace Actors.Grains.Topics;

/// <summary>Which topic names Kafka allows, and which of them collide.</summary>
/// <remarks>Source: Kafka's documentation of topic names; '.' and '_' collide because metrics write both as '_'.</remarks>
public static class TopicNames
{
    public const int MaxLength = 249;

    /// <summary>The topic that keeps consumer groups' offsets.</summary>
    public const string ConsumerOffsets = "__consumer_offsets";

    /// <summary>The topic that keeps transactions.</summary>
    public const string TransactionState = "__transaction_state";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    /// <summary>Why <paramref name="name"/> is not a topic name, as a sentence for the client; null when it is one.</summary>
    public static string? Refusal(string? name) => name switch
    {
        null or "" => "A topic name must not be empty.",
        "." or ".." => "A topic name must not be '.' or '..'.",
        { Length: > MaxLength } => $"A topic name has at most {MaxLength} characters; this one has {name.Length}.",
        _ when name.AsSpan().ContainsAnyExcept(Allowed) =>
            "A topic name has only ASCII letters, digits, '.', '_' and '-'.",
        _ => null,
    };

    public static bool IsValid(string? name) => Refusal(name) is null;

    /// <summary>Two names collide when they are equal after '.' has been replaced by '_'.</summary>
    public static string CollisionKey(string name) => name.Replace('.', '_');

    /// <summary>True for the names that only the broker itself creates and writes.</summary>
    public static bool IsInternal(string name) => name is ConsumerOffsets or TransactionState;
}
