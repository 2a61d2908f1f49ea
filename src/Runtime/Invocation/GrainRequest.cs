using Actors.Runtime.Scheduling;
using Orleans.CodeGeneration;
using Orleans.Runtime;
using Orleans.Serialization.Invocation;

namespace Actors.Runtime.Invocation;

/// <summary>
/// One call as an object: its arguments are fields of a generated class, and the same object stands in the target's mailbox,
/// runs as a turn and carries the answer back. Generated code derives, per interface method, from <see cref="TaskRequest"/>,
/// <see cref="TaskRequest{TResult}"/>, <see cref="ValueTaskRequest"/> or <see cref="ValueTaskRequest{TResult}"/>:
/// <code>
/// internal sealed class Echo_Length_Request : TaskRequest&lt;int&gt;
/// {
///     internal static readonly GrainMethod GrainMethod = new() { …, CreateRequest = static () => new Echo_Length_Request() };
///     internal string Text = default!;
///     internal CancellationToken Token;
///     public Echo_Length_Request() : base(GrainMethod) { }
///     protected override Task&lt;int&gt; InvokeTarget(object target) => ((IEcho)target).Length(Text, Token);
///     public override int GetArgumentCount() => 2;
///     public override object? GetArgument(int index) => index switch { 0 => Text, 1 => Token, _ => throw NoArgument(index) };
///     public override void SetArgument(int index, object value) { switch (index) { case 0: Text = (string)value; return; … } }
///     public override CancellationToken GetCancellationToken() => Token;
///     protected internal override void SetCancellationToken(CancellationToken token) => Token = token;
/// }
/// </code>
/// A request is used for one call. Arguments are written before it is sent and afterwards only by call filters, in the
/// target's turn. The answer is set once, by whoever wins: the turn, a time-out, or a cancellation.
/// </summary>
public abstract partial class GrainRequest : TurnItem, IInvokable, IThreadPoolWorkItem
{
    private const int Waiting = 0;
    private const int Answered = 1;

    private int _answer;

    /// <summary>True when the call passes filters in its target's turn.</summary>
    private bool _isFiltered;

    /// <summary>Called by the generated class with its static method.</summary>
    protected GrainRequest(GrainMethod method) => Method = method;

    /// <summary>The method that is called.</summary>
    public GrainMethod Method { get; }

    /// <inheritdoc />
    public bool IsCancellable => Method.IsCancellable;

    internal sealed override bool IsCall => true;

    internal sealed override InvokeMethodOptions Options => Method.Options;

    internal sealed override string Label => Method.ActivityName;

    /// <summary>Whom it is for.</summary>
    internal GrainReference Target { get; set; } = null!;

    /// <summary>The calling activation; null when it is not a grain that calls.</summary>
    internal Activation? Source { get; set; }

    /// <summary>What few calls have; null for the others.</summary>
    internal CallExtras? Extras { get; set; }

    /// <summary>When it was sent, in milliseconds of the silo's clock, which moves once a second.</summary>
    internal long SentMs { get; set; }

    /// <summary>When it was sent, as a timestamp; 0 when the call is not timed.</summary>
    internal long SentAt { get; set; }

    /// <summary>Why the call failed; null while it has not. Written by who has claimed the answer.</summary>
    internal Exception? Error { get; set; }

    /// <summary>True when somebody has answered already: it was too old, or its caller cancelled it.</summary>
    internal sealed override bool IsAbandoned => Volatile.Read(ref _answer) == Answered;

    /// <summary>The result for call filters; setting it replaces it.</summary>
    internal abstract object? ResultObject { get; set; }

    /// <inheritdoc />
    public virtual int GetArgumentCount() => 0;

    /// <inheritdoc />
    public virtual object? GetArgument(int index) => throw NoArgument(index);

    /// <inheritdoc />
    public virtual void SetArgument(int index, object value) => throw NoArgument(index);

    /// <inheritdoc />
    public virtual CancellationToken GetCancellationToken() => default;

    /// <inheritdoc />
    public string GetMethodName() => Method.MethodName;

    /// <inheritdoc />
    public string GetInterfaceName() => Method.InterfaceName;

    /// <inheritdoc />
    public string GetActivityName() => Method.ActivityName;

    /// <inheritdoc />
    public Type GetInterfaceType() => Method.InterfaceType;

    /// <inheritdoc />
    public TimeSpan? GetDefaultResponseTimeout() => Method.ResponseTimeoutMs is { } timeoutMs ? TimeSpan.FromMilliseconds(timeoutMs) : null;

    /// <summary>Does nothing: a request holds no resource.</summary>
    public void Dispose() => GC.SuppressFinalize(this);

    /// <summary>The call as text: interface and method.</summary>
    public override string ToString() => Method.ActivityName;

    /// <summary>Replaces the token among the arguments by the one that the target sees. Only for methods that take one.</summary>
    protected internal virtual void SetCancellationToken(CancellationToken token)
    {
    }

    /// <summary>For generated code: the exception for an index that names no argument.</summary>
    protected ArgumentOutOfRangeException NoArgument(int index) =>
        new(nameof(index), index, $"{Method.ActivityName} has {GetArgumentCount()} arguments.");

    /// <summary>
    /// Calls the method on <paramref name="target"/>. Returns null when the result is there at once and kept, otherwise the
    /// task to wait for, which is then handed to <see cref="Keep"/>. Throws what the method throws.
    /// </summary>
    internal abstract Task? Start(object target);

    /// <summary>Keeps the result of a task that <see cref="Start"/> returned; throws when it failed.</summary>
    internal abstract void Keep(Task completed);

    /// <summary>Hands the result, or <paramref name="error"/>, to the caller. Called once.</summary>
    /// <param name="error">Why there is no result.</param>
    /// <param name="inline">
    /// True: the caller's continuation may run on this stack, because nothing is below it but the thread pool.
    /// </param>
    internal abstract void Answer(Exception? error, bool inline);
}
