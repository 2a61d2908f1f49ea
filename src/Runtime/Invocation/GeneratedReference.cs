using Actors.Runtime.Serialization;
using Orleans.Runtime;

namespace Actors.Runtime.Invocation;

/// <summary>
/// The base of generated references. A generated method makes a request, fills its fields and hands it over:
/// <code>
/// Task&lt;int&gt; IEcho.Length(string text, CancellationToken token) =>
///     Call(new Echo_Length_Request { Text = text, Token = token });
/// </code>
/// </summary>
public abstract class GeneratedReference(GrainReferenceShared shared, IdSpan key) : GrainReference(shared, key)
{
    /// <summary>What copying an argument needs. A caller may change its arguments while the call waits, so the call has its own.</summary>
    protected CopyContext CopyContext => new(Shared.Wire);

    /// <summary>Calls a method that returns <see cref="Task"/>.</summary>
    protected Task Call(TaskRequest request)
    {
        Task answer = request.Promise();
        Shared.Sender.Send(this, request);
        return answer;
    }

    /// <summary>Calls a method that returns <see cref="Task{TResult}"/>.</summary>
    protected Task<TResult> Call<TResult>(TaskRequest<TResult> request)
    {
        Task<TResult> answer = request.Promise();
        Shared.Sender.Send(this, request);
        return answer;
    }

    /// <summary>Calls a method that returns <see cref="ValueTask"/>.</summary>
    protected ValueTask Call(ValueTaskRequest request)
    {
        ValueTask answer = request.Promise();
        Shared.Sender.Send(this, request);
        return answer;
    }

    /// <summary>Calls a method that returns <see cref="ValueTask{TResult}"/>.</summary>
    protected ValueTask<TResult> Call<TResult>(ValueTaskRequest<TResult> request)
    {
        ValueTask<TResult> answer = request.Promise();
        Shared.Sender.Send(this, request);
        return answer;
    }
}
