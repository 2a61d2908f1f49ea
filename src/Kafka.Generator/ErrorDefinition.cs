namespace Actors.Kafka.Generator;

/// <summary>One error code of the protocol.</summary>
internal sealed class ErrorDefinition(int code, string name, bool isRetriable)
{
    public int Code { get; } = code;

    /// <summary>The name as Kafka writes it: <c>UNKNOWN_TOPIC_OR_PARTITION</c>.</summary>
    public string Name { get; } = name;

    public bool IsRetriable { get; } = isRetriable;
}
