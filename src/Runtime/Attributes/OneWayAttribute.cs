namespace Orleans.Concurrency;

/// <summary>Calls of this interface method are answered at once, before they are made: the caller learns of no result and no error.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OneWayAttribute : Attribute;
