using System.Globalization;
using Actors.Runtime.Generator.Models;

namespace Actors.Runtime.Generator.Emission;

/// <summary>Writes the request class of one method: arguments as fields, the call, and both ways over the wire.</summary>
internal static class RequestEmitter
{
    private const string Invocation = "global::Actors.Runtime.Invocation.";
    private const string Serialization = "global::Actors.Runtime.Serialization.";
    private const string Token = "global::System.Threading.CancellationToken";

    /// <summary>The request class, fully qualified.</summary>
    public static string TypeName(MethodModel method) => $"global::{method.RequestNamespace}.{method.RequestName}";

    public static void Emit(SourceText text, MethodModel method, bool isPublic, AssemblyModel assembly)
    {
        var codecs = new CodecFields();
        var inherited = assembly.SeesRuntimeInternals ? "protected internal" : "protected";
        var basis = method.Result is null ? method.RequestBase : $"{method.RequestBase}<{method.Result.TypeName}>";
        text.Open($"{(isPublic ? "public" : "internal")} sealed class {method.RequestName} : {Invocation}{basis}");
        EmitMethod(text, method);
        for (var i = 0; i < method.Parameters.Count; i++)
        {
            text.Line();
            text.Line($"public {method.Parameters[i].Codec.TypeName} A{i};");
        }

        if (method.HasToken)
        {
            text.Line();
            text.Line($"public {Token} Token;");
        }

        text.Line();
        text.Line($"public {method.RequestName}() : base(GrainMethod) {{ }}");
        EmitCall(text, method);
        EmitArguments(text, method, inherited);
        EmitWire(text, method, codecs, inherited);
        codecs.Emit(text);
        text.Close();
    }

    private static void EmitMethod(SourceText text, MethodModel method)
    {
        var types = method.Parameters.Select(static parameter => $"typeof({parameter.Codec.TypeName})");
        if (method.HasToken)
        {
            types = types.Append($"typeof({Token})");
        }

        text.Open($"public static readonly {Invocation}GrainMethod GrainMethod = new {Invocation}GrainMethod");
        text.Line($"InterfaceType = typeof({method.InterfaceName}),");
        text.Line($"InterfaceName = {CodecEmitter.Literal(method.InterfaceWireName)},");
        text.Line($"MethodName = {CodecEmitter.Literal(method.Name)},");
        text.Line($"WireName = {CodecEmitter.Literal(method.WireName)},");
        text.Line($"ParameterTypes = new global::System.Type[] {{ {string.Join(", ", types)} }},");
        text.Line($"CreateRequest = static () => new {method.RequestName}(),");
        if (method.Options.Count > 0)
        {
            text.Line($"Options = {string.Join(" | ", method.Options.Select(static option => "global::Orleans.CodeGeneration.InvokeMethodOptions." + option))},");
        }

        if (method.ResponseTimeoutMs is { } timeoutMs)
        {
            text.Line($"ResponseTimeoutMs = {timeoutMs.ToString("R", CultureInfo.InvariantCulture)}d,");
        }

        if (method.HasToken)
        {
            text.Line("IsCancellable = true,");
        }

        text.Close("};");
    }

    private static void EmitCall(SourceText text, MethodModel method)
    {
        var arguments = Enumerable.Range(0, method.Parameters.Count).Select(static index => $"A{index}");
        if (method.HasToken)
        {
            arguments = arguments.Append("Token");
        }

        text.Line();
        text.Line($"protected override {method.ReturnTypeName} InvokeTarget(object target) => (({method.InterfaceName})target).{method.Name}({string.Join(", ", arguments)});");
    }

    private static void EmitArguments(SourceText text, MethodModel method, string inherited)
    {
        var count = method.Parameters.Count + (method.HasToken ? 1 : 0);
        if (count == 0)
        {
            return;
        }

        text.Line();
        text.Line($"public override int GetArgumentCount() => {count};");
        text.Line();
        text.Open("public override object GetArgument(int index)");
        text.Open("switch (index)");
        for (var i = 0; i < count; i++)
        {
            text.Line($"case {i}: return {(i < method.Parameters.Count ? $"A{i}" : "Token")};");
        }

        text.Line("default: throw NoArgument(index);");
        text.Close();
        text.Close();
        text.Line();
        text.Open("public override void SetArgument(int index, object value)");
        text.Open("switch (index)");
        for (var i = 0; i < count; i++)
        {
            text.Line(i < method.Parameters.Count
                ? $"case {i}: A{i} = ({method.Parameters[i].Codec.TypeName})value; return;"
                : $"case {i}: Token = ({Token})value; return;");
        }

        text.Line("default: throw NoArgument(index);");
        text.Close();
        text.Close();
        if (method.HasToken)
        {
            text.Line();
            text.Line($"public override {Token} GetCancellationToken() => Token;");
            text.Line();
            text.Line($"{inherited} override void SetCancellationToken({Token} token) => Token = token;");
        }
    }

    private static void EmitWire(SourceText text, MethodModel method, CodecFields codecs, string inherited)
    {
        if (method.Result is not null)
        {
            text.Line();
            text.Line($"protected override {Serialization}Codec<{method.Result.TypeName}> ResultCodec => {codecs.Name(method.Result)};");
            if (method.CopiesResult)
            {
                text.Line();
                text.Line("protected override bool CopiesResult => true;");
            }
        }

        if (method.Parameters.Count == 0)
        {
            return;
        }

        text.Line();
        text.Open($"{inherited} override void WriteArguments(ref {Serialization}WireWriter writer)");
        for (var i = 0; i < method.Parameters.Count; i++)
        {
            text.Line($"{codecs.Name(method.Parameters[i].Codec)}.WriteField(ref writer, {i}u, A{i});");
        }

        text.Close();
        text.Line();
        text.Open($"{inherited} override bool ReadArgument(ref {Serialization}WireReader reader, uint id, {Serialization}WireType type)");
        text.Open("switch (id)");
        for (var i = 0; i < method.Parameters.Count; i++)
        {
            text.Line($"case {i}u: A{i} = {codecs.Name(method.Parameters[i].Codec)}.ReadValue(ref reader, type); return true;");
        }

        text.Line("default: return false;");
        text.Close();
        text.Close();
    }
}
