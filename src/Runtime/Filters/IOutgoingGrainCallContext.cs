using Orleans.Runtime;

namespace Orleans;

/// <summary>A call that leaves; filters run where the caller runs.</summary>
public interface IOutgoingGrainCallContext : IGrainCallContext
{
    /// <summary>The calling activation; null when it is not a grain that calls.</summary>
    IGrainContext? SourceContext { get; }
}
