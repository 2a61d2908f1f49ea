using System.Reflection;
using Actors.Runtime.Invocation;
using Actors.Runtime.Scheduling;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Actors.Runtime.Filters;

/// <summary>A call on its way through the silo's incoming filters, the grain's own, and into the grain; in turns of the target.</summary>
internal sealed class IncomingCall(GrainRequest request, Activation activation, object target) : IIncomingGrainCallContext
{
    private int _next;

    public IInvokable Request => request;

    public object Grain => target;

    public GrainId? SourceId => request.Source?.GrainId ?? request.Extras?.Received?.Source;

    public GrainId TargetId => activation.GrainId;

    public GrainInterfaceType InterfaceType => request.Target.InterfaceType;

    public string InterfaceName => request.Method.InterfaceName;

    public string MethodName => request.Method.MethodName;

    public MethodInfo InterfaceMethod => request.Method.Info;

    public MethodInfo ImplementationMethod
    {
        get
        {
            InterfaceMapping map = target.GetType().GetInterfaceMap(request.Method.InterfaceType);
            return map.TargetMethods[Array.IndexOf(map.InterfaceMethods, request.Method.Info)];
        }
    }

    public IGrainContext TargetContext => activation;

    public object? Result
    {
        get => request.ResultObject;
        set => request.ResultObject = value;
    }

    public Task Invoke()
    {
        IIncomingGrainCallFilter[] filters = activation.Silo.IncomingFilters;
        int index = _next++;
        if (index < filters.Length)
        {
            return filters[index].Invoke(this);
        }

        return index == filters.Length && target is IIncomingGrainCallFilter own ? own.Invoke(this) : CallAsync();
    }

    private Task CallAsync()
    {
        Task? pending = request.Start(target);
        return pending is null ? Task.CompletedTask : KeepAsync(pending);
    }

    private async Task KeepAsync(Task pending)
    {
        await pending;
        request.Keep(pending);
    }
}
