namespace Orleans.Runtime;

/// <summary>"Busy": a queue is full. The call was not made; it may be tried again later.</summary>
[GenerateSerializer]
public sealed class LimitExceededException : OrleansException
{
    public LimitExceededException()
        : base("A limit is exceeded.")
    {
    }

    public LimitExceededException(string message)
        : base(message)
    {
    }

    public LimitExceededException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public LimitExceededException(string limitName, int current, int threshold, object extraInfo)
        : base($"Limit {limitName} is exceeded: {current} against {threshold} ({extraInfo}).")
    {
    }
}
