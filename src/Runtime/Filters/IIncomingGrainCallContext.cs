using System.Reflection;
using Orleans.Runtime;

namespace Orleans;

/// <summary>A call that has arrived; filters run in a turn of the target.</summary>
public interface IIncomingGrainCallContext : IGrainCallContext
{
    IGrainContext TargetContext { get; }

    MethodInfo ImplementationMethod { get; }
}
