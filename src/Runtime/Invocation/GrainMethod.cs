using System.Reflection;
using Orleans.CodeGeneration;

namespace Actors.Runtime.Invocation;

/// <summary>
/// What is known about one method of a grain interface, made once by generated code and shared by all its requests:
/// <c>static readonly GrainMethod Method = new() { … }</c>.
/// </summary>
public sealed class GrainMethod
{
    private static int _count;
    private MethodInfo? _info;

    /// <summary>A dense number from 0, for tables by method. It differs from process to process.</summary>
    public int Index { get; } = Interlocked.Increment(ref _count) - 1;

    /// <summary>The interface that declares the method.</summary>
    public required Type InterfaceType { get; init; }

    /// <summary>The interface's name on the wire: its alias, or its full name.</summary>
    public required string InterfaceName { get; init; }

    /// <summary>The method's name in the source; used in metrics, traces and logs.</summary>
    public required string MethodName { get; init; }

    /// <summary>The method's name on the wire: its alias, or its name; unique within the interface.</summary>
    public required string WireName { get; init; }

    /// <summary>The parameters' types in order, the cancellation token included.</summary>
    public required Type[] ParameterTypes { get; init; }

    /// <summary>Makes an empty request, whose arguments are then read from the wire.</summary>
    public required Func<GrainRequest> CreateRequest { get; init; }

    /// <summary>From [OneWay], [ReadOnly] and [AlwaysInterleave] on the method.</summary>
    public InvokeMethodOptions Options { get; init; }

    /// <summary>From [ResponseTimeout] on the method, in milliseconds; null: the runtime's own.</summary>
    public double? ResponseTimeoutMs { get; init; }

    /// <summary>True when the last parameter is a <see cref="CancellationToken"/>.</summary>
    public bool IsCancellable { get; init; }

    /// <summary>Interface and method, as traces and logs name a call.</summary>
    public string ActivityName => field ??= $"{InterfaceType.Name}/{MethodName}";

    internal bool IsOneWay => (Options & InvokeMethodOptions.OneWay) != 0;

    /// <summary>The reflected method; looked up when a filter asks, never on a call.</summary>
    internal MethodInfo Info => _info ??= InterfaceType.GetMethod(MethodName, ParameterTypes)
        ?? throw new MissingMethodException(InterfaceType.FullName, MethodName);
}
