using System.Reflection;
using Actors.Runtime.Invocation;
using Actors.Runtime.Scheduling;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Actors.Runtime.Filters;

/// <summary>A call on its way through the silo's outgoing filters, which run where the caller runs.</summary>
internal sealed class OutgoingCall(GrainRequest request, LocalSilo silo) : IOutgoingGrainCallContext
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _next;

    public IInvokable Request => request;

    public object Grain => request.Target;

    public GrainId? SourceId => request.Source?.GrainId;

    public IGrainContext? SourceContext => request.Source;

    public GrainId TargetId => request.Target.GrainId;

    public GrainInterfaceType InterfaceType => request.Target.InterfaceType;

    public string InterfaceName => request.Method.InterfaceName;

    public string MethodName => request.Method.MethodName;

    public MethodInfo InterfaceMethod => request.Method.Info;

    public object? Result
    {
        get => request.ResultObject;
        set => request.ResultObject = value;
    }

    /// <summary>Runs the filters and the call, and answers the caller.</summary>
    public async Task RunAsync()
    {
        Exception? error = null;
        try
        {
            await Invoke();
        }
        catch (Exception caught)
        {
            error = caught;
        }

        if (!request.Method.IsOneWay)
        {
            request.Answer(error, inline: false);
        }
        else if (error is not null)
        {
            silo.Log.OneWayFailed(error, TargetId, request.Label);
        }
    }

    public Task Invoke()
    {
        IOutgoingGrainCallFilter[] filters = silo.OutgoingFilters;
        int index = _next++;
        if (index < filters.Length)
        {
            return filters[index].Invoke(this);
        }

        if (index > filters.Length)
        {
            throw new InvalidOperationException($"{request.Label} has been called already; a call is made once.");
        }

        silo.Dispatch(request, Worker.Current);
        return request.Method.IsOneWay ? Task.CompletedTask : _answered.Task;
    }

    /// <summary>The answer has come; the filters go on.</summary>
    public void Answered(Exception? error)
    {
        if (error is null)
        {
            _answered.SetResult();
        }
        else
        {
            _answered.SetException(error);
        }
    }
}
