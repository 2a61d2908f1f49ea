namespace Orleans.Concurrency;

/// <summary>Calls of this interface method may interleave with any other call at every await.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AlwaysInterleaveAttribute : Attribute;
