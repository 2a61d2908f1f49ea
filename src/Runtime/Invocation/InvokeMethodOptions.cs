namespace Orleans.CodeGeneration;

/// <summary>How a method's calls are scheduled; from the attributes of the interface method.</summary>
[Flags, GenerateSerializer]
public enum InvokeMethodOptions
{
    None = 0,

    /// <summary>The caller gets no answer, not even an error.</summary>
    OneWay = 1,

    /// <summary>May run beside other read-only calls.</summary>
    ReadOnly = 2,

    /// <summary>May run beside any call.</summary>
    AlwaysInterleave = 4,

    Unordered = 8,
}
