namespace Orleans.Serialization.Invocation;

/// <summary>A call as a value, as filters see it.</summary>
public interface IInvokable : IDisposable
{
    /// <summary>How many arguments the method has, a cancellation token included.</summary>
    int GetArgumentCount();

    /// <summary>The argument at <paramref name="index"/>, from 0.</summary>
    object? GetArgument(int index);

    /// <summary>Replaces the argument at <paramref name="index"/>.</summary>
    void SetArgument(int index, object value);

    string GetMethodName();

    string GetInterfaceName();

    /// <summary>The name under which the call is traced: interface and method.</summary>
    string GetActivityName();

    Type GetInterfaceType();

    /// <summary>The time-out that the method's attribute names, or null for the runtime's own.</summary>
    TimeSpan? GetDefaultResponseTimeout();

    /// <summary>The token among the arguments, or none.</summary>
    CancellationToken GetCancellationToken();

    /// <summary>True when the method takes a cancellation token.</summary>
    bool IsCancellable { get; }
}
