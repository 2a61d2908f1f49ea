namespace Actors.Runtime.Generator.Models;

/// <summary>A method of a grain interface.</summary>
/// <param name="InterfaceName">The interface that declares it, fully qualified.</param>
/// <param name="InterfaceWireName">That interface's alias, or its full name.</param>
/// <param name="Name">Its name in the source.</param>
/// <param name="WireName">Its alias, or its name.</param>
/// <param name="RequestName">The request class, without the namespace.</param>
/// <param name="RequestNamespace">The namespace of generated code in the declaring assembly.</param>
/// <param name="ReturnTypeName">Fully qualified.</param>
/// <param name="RequestBase">TaskRequest or ValueTaskRequest.</param>
/// <param name="Result">The codec of the result; null when there is none.</param>
/// <param name="CopiesResult">The result is copied on calls within a silo.</param>
/// <param name="Options">Names of InvokeMethodOptions.</param>
/// <param name="ResponseTimeoutMs">From [ResponseTimeout]; null when there is none.</param>
/// <param name="HasToken">The last parameter is a cancellation token.</param>
/// <param name="Parameters">Without the token.</param>
internal sealed record MethodModel(
    string InterfaceName,
    string InterfaceWireName,
    string Name,
    string WireName,
    string RequestName,
    string RequestNamespace,
    string ReturnTypeName,
    string RequestBase,
    CodecUse? Result,
    bool CopiesResult,
    EquatableArray<string> Options,
    double? ResponseTimeoutMs,
    bool HasToken,
    EquatableArray<ParameterModel> Parameters);
