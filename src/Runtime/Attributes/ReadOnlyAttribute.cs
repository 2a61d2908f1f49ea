namespace Orleans.Concurrency;

/// <summary>Calls of this interface method change nothing and may interleave with each other at every await.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyAttribute : Attribute;
