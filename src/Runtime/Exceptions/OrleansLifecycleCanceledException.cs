namespace Orleans.Runtime;

/// <summary>A lifecycle was cancelled while it started.</summary>
public sealed class OrleansLifecycleCanceledException : OrleansException
{
    internal OrleansLifecycleCanceledException(string message)
        : base(message)
    {
    }
}
