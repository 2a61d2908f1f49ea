namespace Orleans.Concurrency;

/// <summary>Calls of this grain may interleave at every await.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReentrantAttribute : Attribute;
