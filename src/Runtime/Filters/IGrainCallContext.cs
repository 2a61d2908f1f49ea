using System.Reflection;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Orleans;

/// <summary>A call on its way through filters.</summary>
public interface IGrainCallContext
{
    /// <summary>The call as a value; its arguments may be replaced.</summary>
    IInvokable Request { get; }

    /// <summary>The grain (incoming) or the reference to it (outgoing).</summary>
    object Grain { get; }

    /// <summary>Who calls; null when it is not a grain.</summary>
    GrainId? SourceId { get; }

    GrainId TargetId { get; }

    GrainInterfaceType InterfaceType { get; }

    string InterfaceName { get; }

    string MethodName { get; }

    MethodInfo InterfaceMethod { get; }

    /// <summary>The result, after <see cref="Invoke"/>; may be replaced.</summary>
    object? Result { get; set; }

    /// <summary>Goes on to the next filter, and in the end to the grain. Throws what they throw.</summary>
    Task Invoke();
}
