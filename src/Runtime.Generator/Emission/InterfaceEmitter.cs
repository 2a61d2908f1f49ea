using Actors.Runtime.Generator.Models;

namespace Actors.Runtime.Generator.Emission;

/// <summary>Writes the reference of a grain interface, and a request class per method.</summary>
internal static class InterfaceEmitter
{
    private const string Invocation = "global::Actors.Runtime.Invocation.";
    private const string Shared = "global::Orleans.Runtime.GrainReferenceShared";
    private const string IdSpan = "global::Orleans.Runtime.IdSpan";

    public static string Emit(InterfaceModel model, AssemblyModel assembly)
    {
        var text = new SourceText();
        text.Open($"namespace {assembly.Namespace}");
        EmitReference(text, model);
        foreach (var method in model.Methods)
        {
            text.Line();
            RequestEmitter.Emit(text, method, model.IsPublic, assembly);
        }

        text.Close();
        return text.ToString();
    }

    private static void EmitReference(SourceText text, InterfaceModel model)
    {
        var name = "Reference_" + model.MangledName;
        var codecs = new CodecFields();
        text.Line($"/// <summary>Calls {model.TypeName.Replace("global::", "")}.</summary>");
        text.Open($"internal sealed class {name} : {Invocation}GeneratedReference, {model.TypeName}");
        text.Line($"public {name}({Shared} shared, {IdSpan} key) : base(shared, key) {{ }}");
        foreach (var method in model.Methods.Concat(model.InheritedMethods))
        {
            text.Line();
            EmitCall(text, method, codecs);
        }

        codecs.Emit(text);
        text.Close();
    }

    private static void EmitCall(SourceText text, MethodModel method, CodecFields codecs)
    {
        var parameters = new List<string>(method.Parameters.Select(static parameter => $"{parameter.Codec.TypeName} {parameter.Name}"));
        if (method.HasToken)
        {
            parameters.Add("global::System.Threading.CancellationToken __token");
        }

        text.Open($"{method.ReturnTypeName} {method.InterfaceName}.{method.Name}({string.Join(", ", parameters)})");
        text.Line($"var __request = new {RequestEmitter.TypeName(method)}();");
        for (var i = 0; i < method.Parameters.Count; i++)
        {
            var parameter = method.Parameters[i];
            var value = parameter.CopiesByReference ? parameter.Name : $"{codecs.Name(parameter.Codec)}.CopyValue({parameter.Name}, CopyContext)";
            text.Line($"__request.A{i} = {value};");
        }

        if (method.HasToken)
        {
            text.Line("__request.Token = __token;");
        }

        text.Line("return Call(__request);");
        text.Close();
    }
}
