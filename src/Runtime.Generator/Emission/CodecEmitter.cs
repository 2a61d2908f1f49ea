using Actors.Runtime.Generator.Models;
using Microsoft.CodeAnalysis.CSharp;

namespace Actors.Runtime.Generator.Emission;

/// <summary>Writes the codec of a type with [GenerateSerializer].</summary>
internal sealed class CodecEmitter
{
    private const string Serialization = "global::Actors.Runtime.Serialization.";

    private readonly SerializableModel _model;
    private readonly SourceText _text = new();
    private readonly CodecFields _codecs = new();

    private CodecEmitter(SerializableModel model) => _model = model;

    public static string Emit(SerializableModel model, AssemblyModel assembly)
    {
        var emitter = new CodecEmitter(model);
        emitter._text.Open($"namespace {assembly.Namespace}");
        emitter.EmitClass();
        emitter._text.Close();
        return emitter._text.ToString();
    }

    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>A struct is filled and copied through a reference.</summary>
    private string ByReference => _model.IsStruct ? "ref " : "";

    private void EmitClass()
    {
        var type = _model.TypeName;
        _text.Line($"/// <summary>The codec of {type.Replace("global::", "")}.</summary>");
        _text.Open($"{(_model.IsPublic ? "public" : "internal")} sealed class {_model.CodecName} : {Serialization}ObjectCodec<{type}>");
        _text.Line($"public static readonly {_model.CodecName} Instance = new {_model.CodecName}();");
        _text.Line();
        _text.Line($"private {_model.CodecName}() : base({Literal(_model.Aliases[0])}, {(_model.IsImmutable ? "true" : "false")}) {{ }}");
        _text.Line();
        if (_model.Aliases.Count > 1)
        {
            var older = string.Join(", ", _model.Aliases.Skip(1).Select(Literal));
            _text.Line($"public override global::System.Collections.Generic.IReadOnlyList<string> OlderAliases {{ get; }} = new string[] {{ {older} }};");
            _text.Line();
        }

        _text.Line($"protected override {type} Create() => {_model.Creation};");
        _text.Line();
        _text.Line($"protected override void WriteMembers(ref {Serialization}WireWriter writer, {type} value) => WriteChain(ref writer, value);");
        _text.Line();
        _text.Line($"protected override bool ReadMembers(ref {Serialization}WireReader reader, ref {type} value) => ReadChain(ref reader, {ByReference}value);");
        _text.Line();
        _text.Line($"protected override void CopyMembers({type} from, ref {type} to, in {Serialization}CopyContext context) => CopyChain(from, {ByReference}to, context);");
        EmitWrite();
        EmitRead();
        EmitCopy();
        EmitAccessors();
        _codecs.Emit(_text);
        _text.Close();
    }

    private void EmitWrite()
    {
        _text.Line();
        _text.Open($"public static void WriteChain(ref {Serialization}WireWriter writer, {_model.TypeName} value)");
        if (_model.BaseCodec is not null)
        {
            _text.Line($"{_model.BaseCodec}.WriteChain(ref writer, value);");
            _text.Line("writer.EndLevel();");
        }

        foreach (var member in _model.Members)
        {
            _text.Line($"{_codecs.Name(member.Codec)}.WriteField(ref writer, {member.Id}u, {Get(member, "value")});");
        }

        _text.Close();
    }

    private void EmitRead()
    {
        _text.Line();
        _text.Open($"public static bool ReadChain(ref {Serialization}WireReader reader, {ByReference}{_model.TypeName} value)");
        if (_model.BaseCodec is not null)
        {
            _text.Open($"if (!{_model.BaseCodec}.ReadChain(ref reader, value))");
            _text.Line("return false;");
            _text.Close();
            _text.Line();
        }

        _text.Line("bool moreLevels;");
        _text.Open($"while (reader.TryReadField(out uint id, out {Serialization}WireType type, out moreLevels))");
        _text.Open("switch (id)");
        foreach (var member in _model.Members)
        {
            _text.Line($"case {member.Id}u:");
            _text.Line($"    {Set(member, "value", $"{_codecs.Name(member.Codec)}.ReadValue(ref reader, type)")};");
            _text.Line("    break;");
        }

        _text.Line("default:");
        _text.Line("    reader.Skip(type);");
        _text.Line("    break;");
        _text.Close();
        _text.Close();
        _text.Line();
        _text.Line("return moreLevels;");
        _text.Close();
    }

    private void EmitCopy()
    {
        _text.Line();
        _text.Open($"public static void CopyChain({_model.TypeName} from, {ByReference}{_model.TypeName} to, in {Serialization}CopyContext context)");
        if (_model.BaseCodec is not null && !_model.BaseCodec.EndsWith(".ExceptionLevel", System.StringComparison.Ordinal))
        {
            _text.Line($"{_model.BaseCodec}.CopyChain(from, to, context);");
        }

        foreach (var member in _model.Members)
        {
            var value = Get(member, "from");
            _text.Line(Set(member, "to", member.CopiesByReference ? value : $"{_codecs.Name(member.Codec)}.CopyValue({value}, context)") + ";");
        }

        _text.Close();
    }

    private void EmitAccessors()
    {
        if (_model.NeedsConstructorAccessor)
        {
            Accessor("Constructor", null, $"{_model.TypeName} New()");
        }

        foreach (var member in _model.Members)
        {
            if (member.Get == MemberAccess.Method)
            {
                Accessor("Method", "get_" + Plain(member.Name), $"{member.Codec.TypeName} Get_{Plain(member.Name)}({ByReference}{_model.TypeName} target)");
            }

            if (member.Set == MemberAccess.Method)
            {
                Accessor("Method", "set_" + Plain(member.Name), $"void Set_{Plain(member.Name)}({ByReference}{_model.TypeName} target, {member.Codec.TypeName} value)");
            }

            if (member.Get == MemberAccess.Field || member.Set == MemberAccess.Field)
            {
                Accessor("Field", member.FieldName, $"ref {member.Codec.TypeName} Field_{Plain(member.Name)}({ByReference}{_model.TypeName} target)");
            }
        }
    }

    private void Accessor(string kind, string? name, string signature)
    {
        _text.Line();
        var argument = name is null ? "" : $", Name = {Literal(name)}";
        _text.Line($"[global::System.Runtime.CompilerServices.UnsafeAccessor(global::System.Runtime.CompilerServices.UnsafeAccessorKind.{kind}{argument})]");
        _text.Line($"private static extern {signature};");
    }

    private string Get(MemberModel member, string target) => member.Get switch
    {
        MemberAccess.Direct => $"{target}.{member.Name}",
        MemberAccess.Method => $"Get_{Plain(member.Name)}({ByReference}{target})",
        _ => $"Field_{Plain(member.Name)}({ByReference}{target})",
    };

    private string Set(MemberModel member, string target, string value) => member.Set switch
    {
        MemberAccess.Direct => $"{target}.{member.Name} = {value}",
        MemberAccess.Method => $"Set_{Plain(member.Name)}({ByReference}{target}, {value})",
        _ => $"Field_{Plain(member.Name)}({ByReference}{target}) = {value}",
    };

    private static string Plain(string identifier) => identifier.TrimStart('@');
}
