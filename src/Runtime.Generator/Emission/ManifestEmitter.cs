using Actors.Runtime.Generator.Models;

namespace Actors.Runtime.Generator.Emission;

/// <summary>Writes the class that tells the runtime what the assembly brings.</summary>
internal static class ManifestEmitter
{
    public static string Emit(
        AssemblyModel assembly,
        IReadOnlyList<SerializableModel> types,
        IReadOnlyList<InterfaceModel> interfaces,
        IReadOnlyList<GrainClassModel> classes)
    {
        var text = new SourceText();
        text.Line($"[assembly: global::Actors.Runtime.Invocation.GrainCode(typeof(global::{assembly.Namespace}.GeneratedGrainCode))]");
        text.Line();
        text.Open($"namespace {assembly.Namespace}");
        text.Line("/// <summary>What this assembly brings: codecs, grain interfaces, grain classes.</summary>");
        text.Open("public sealed class GeneratedGrainCode : global::Actors.Runtime.Invocation.IGrainCode");
        text.Open("public void Register(global::Actors.Runtime.Invocation.GrainCodeBuilder builder)");
        foreach (var type in types)
        {
            var codec = type.IsEnum
                ? $"new global::Actors.Runtime.Serialization.EnumCodec<{type.TypeName}>({CodecEmitter.Literal(type.Aliases[0])})"
                : $"{type.CodecName}.Instance";
            text.Line($"builder.AddCodecs({codec});");
        }

        foreach (var one in interfaces)
        {
            var methods = one.Methods.Concat(one.InheritedMethods).Select(static method => $", {RequestEmitter.TypeName(method)}.GrainMethod");
            text.Line(
                $"builder.AddInterface(typeof({one.TypeName}), {CodecEmitter.Literal(one.WireName)}, {one.Version}, "
                + $"static (shared, key) => new Reference_{one.MangledName}(shared, key){string.Concat(methods)});");
        }

        foreach (var one in classes)
        {
            text.Line($"builder.AddGrainClass(typeof({one.TypeName}));");
        }

        text.Close();
        text.Close();
        text.Close();
        return text.ToString();
    }
}
