namespace Actors.Kafka.Generator;

/// <summary>Writes the methods that write a message or struct, and those that say how long it will be.</summary>
/// <remarks>Both walk the fields in the same way; <see cref="_sizing"/> says which of the two is meant.</remarks>
internal sealed class WriteEmitter
{
    private readonly CodeWriter _code;
    private readonly MessageDefinition _message;
    private readonly StructDefinition _definition;
    private readonly bool _sizing;

    private WriteEmitter(CodeWriter code, MessageDefinition message, StructDefinition definition, bool sizing)
    {
        _code = code;
        _message = message;
        _definition = definition;
        _sizing = sizing;
    }

    /// <summary>Statements that write every field to <c>writer</c>.</summary>
    public static void EmitWrite(CodeWriter code, MessageDefinition message, StructDefinition definition) =>
        new WriteEmitter(code, message, definition, sizing: false).Emit();

    /// <summary>Statements that add the size of every field to <c>size</c>.</summary>
    public static void EmitSize(CodeWriter code, MessageDefinition message, StructDefinition definition) =>
        new WriteEmitter(code, message, definition, sizing: true).Emit();

    private void Emit()
    {
        foreach (var field in _definition.Fields.Where(f => !f.IsTagged))
        {
            var condition = VersionCode.Condition(field.Versions, _definition.Versions);
            if (condition == "true")
            {
                EmitValue(field, "size", _sizing);
                continue;
            }

            _code.Open($"if ({condition})");
            EmitValue(field, "size", _sizing);
            _code.Close();
            EmitAbsenceCheck(field, "else if");
        }

        var flexible = VersionCode.Flexible(_message, _definition.Versions);
        var tagged = _definition.Fields.Where(f => f.IsTagged).OrderBy(f => f.Tag).ToList();
        foreach (var field in tagged.Where(f => !f.IsIgnorable))
        {
            var condition = VersionCode.Condition(field.Versions, _definition.Versions);
            if (condition != "true")
            {
                EmitAbsenceCheck(field, $"if (!({condition}) && ", closing: ")");
            }
        }

        if (flexible == "false")
        {
            return;
        }

        if (flexible != "true")
        {
            _code.Open($"if ({flexible})");
        }

        EmitTagged(tagged);
        if (flexible != "true")
        {
            _code.Close();
        }
    }

    private void EmitAbsenceCheck(FieldDefinition field, string head, string closing = "")
    {
        if (field.IsIgnorable)
        {
            return;
        }

        var open = closing.Length > 0 ? head : head + " (";
        var close = closing.Length > 0 ? closing : ")";
        _code.Open($"{open}!({FieldCode.IsDefault(field)}){close}");
        _code.Line($"MessageEncodingException.ThrowNotInVersion({Names(field)}, version);");
        _code.Close();
        _code.Line();
    }

    private void EmitTagged(List<FieldDefinition> tagged)
    {
        if (tagged.Count == 0)
        {
            _code.Line(_sizing ? "size += 1;" : "writer.WriteUnsignedVarint(0);");
            return;
        }

        var flexibleVersions = new VersionRange(_message.FirstFlexible, VersionRange.Open).Intersect(_definition.Versions);
        _code.Line("var tags = 0u;");
        foreach (var field in tagged)
        {
            _code.Open($"if ({Present(field, flexibleVersions)})");
            _code.Line("tags++;");
            if (_sizing)
            {
                _code.Line("var fieldSize = 0L;");
                EmitValue(field, "fieldSize", sizing: true);
                _code.Line($"size += KafkaSize.TaggedField({field.Tag}, fieldSize);");
            }

            _code.Close();
        }

        if (_sizing)
        {
            _code.Line("size += KafkaSize.UnsignedVarint(tags);");
            return;
        }

        _code.Line("writer.WriteUnsignedVarint(tags);");
        foreach (var field in tagged)
        {
            _code.Open($"if ({Present(field, flexibleVersions)})");
            _code.Line("var fieldSize = 0L;");
            EmitValue(field, "fieldSize", sizing: true);
            _code.Line($"writer.WriteTagHeader({field.Tag}, fieldSize);");
            EmitValue(field, "", sizing: false);
            _code.Close();
        }
    }

    private static string Present(FieldDefinition field, VersionRange flexibleVersions)
    {
        var condition = VersionCode.Condition(field.Versions, flexibleVersions);
        var notDefault = $"!({FieldCode.IsDefault(field)})";
        return condition == "true" ? notDefault : $"{condition} && {notDefault}";
    }

    private void EmitValue(FieldDefinition field, string total, bool sizing)
    {
        var flexible = VersionCode.Flexible(_message, field.Versions);
        var nullable = VersionCode.Condition(field.NullableVersions, field.Versions);
        if (field.IsArray)
        {
            EmitArray(field, total, sizing, flexible, nullable);
            return;
        }

        if (field.Struct is not null && field.IsNullable)
        {
            EmitNullableStruct(field, total, sizing, nullable);
            return;
        }

        var value = Checked(field, nullable);
        _code.Line(sizing ? $"{total} += {Size(field, value, flexible, nullable)};" : Write(field, value, flexible, nullable));
    }

    private void EmitNullableStruct(FieldDefinition field, string total, bool sizing, string nullable)
    {
        var condition = nullable == "true" ? "" : $"{nullable} && ";
        _code.Open($"if ({condition}{field.Name} is null)");
        _code.Line(sizing ? $"{total} += 1;" : "writer.WriteInt8(-1);");
        _code.Close();
        _code.Open("else");
        if (nullable == "true")
        {
            _code.Line(sizing ? $"{total} += 1;" : "writer.WriteInt8(1);");
        }
        else
        {
            _code.Open($"if ({nullable})");
            _code.Line(sizing ? $"{total} += 1;" : "writer.WriteInt8(1);");
            _code.Close();
        }

        var value = Checked(field, nullable);
        _code.Line(sizing ? $"{total} += {value}.Measure(version);" : $"{value}.Write(ref writer, version);");
        _code.Close();
    }

    private void EmitArray(FieldDefinition field, string total, bool sizing, string flexible, string nullable)
    {
        var checkedNull = nullable != "false";
        if (checkedNull)
        {
            var condition = nullable == "true" ? "" : $"{nullable} && ";
            _code.Open($"if ({condition}{field.Name} is null)");
            _code.Line(sizing ? $"{total} += KafkaSize.ArrayCount(-1, {flexible});" : $"writer.WriteArrayCount(-1, {flexible});");
            _code.Close();
            _code.Open("else");
        }
        else
        {
            _code.Open();
        }

        _code.Line($"var items = {Checked(field, nullable)};");
        _code.Line(sizing ? $"{total} += KafkaSize.ArrayCount(items.Count, {flexible});" : $"writer.WriteArrayCount(items.Count, {flexible});");
        if (sizing && FixedSize(field) is { } elementSize)
        {
            _code.Line($"{total} += (long)items.Count * {elementSize};");
        }
        else
        {
            _code.Open("foreach (var item in items)");
            _code.Line(sizing ? $"{total} += {Size(field, "item", flexible, "false")};" : Write(field, "item", flexible, "false"));
            _code.Close();
        }

        _code.Close();
    }

    /// <summary>The property, or a check that it is not null where only some versions allow null.</summary>
    private string Checked(FieldDefinition field, string nullable)
    {
        // Records are nullable in C# so that "no records" can be told from "empty".
        var isReference = field.IsArray || field.Struct is not null || field.TypeName == "string";
        if (nullable == "true")
        {
            return field.Name;
        }

        if (nullable == "false" && !isReference)
        {
            return field.IsNullable ? $"MessageEncodingException.NotNull({field.Name}, {Names(field)}, version)" : field.Name;
        }

        return nullable == "false" || field.IsArray || field.Struct is not null
            ? $"MessageEncodingException.NotNull({field.Name}, {Names(field)}, version)"
            : $"({nullable} ? {field.Name} : MessageEncodingException.NotNull({field.Name}, {Names(field)}, version))";
    }

    private string Names(FieldDefinition field)
    {
        var path = _definition == _message.Body ? field.Name : $"{_definition.Name}.{field.Name}";
        return $"\"{_message.ClassName}\", \"{path}\"";
    }

    private static int? FixedSize(FieldDefinition field) => field.TypeName switch
    {
        "bool" or "int8" => 1,
        "int16" or "uint16" => 2,
        "int32" or "uint32" => 4,
        "int64" or "float64" => 8,
        "uuid" => 16,
        _ => null,
    };

    private static string Size(FieldDefinition field, string value, string flexible, string nullable) => field.TypeName switch
    {
        "string" => nullable == "false" ? $"KafkaSize.String({value}, {flexible})" : $"KafkaSize.NullableString({value}, {flexible})",
        "bytes" or "records" => nullable == "false" ? $"KafkaSize.Bytes({value}, {flexible})" : $"KafkaSize.NullableBytes({value}, {flexible})",
        _ => FixedSize(field)?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? $"{value}.Measure(version)",
    };

    private static string Write(FieldDefinition field, string value, string flexible, string nullable) => field.TypeName switch
    {
        "bool" => $"writer.WriteBoolean({value});",
        "int8" => $"writer.WriteInt8({value});",
        "int16" => field.IsErrorCode ? $"writer.WriteInt16((short){value});" : $"writer.WriteInt16({value});",
        "int32" => $"writer.WriteInt32({value});",
        "int64" => $"writer.WriteInt64({value});",
        "uint16" => $"writer.WriteUInt16({value});",
        "uint32" => $"writer.WriteUInt32({value});",
        "float64" => $"writer.WriteFloat64({value});",
        "uuid" => $"writer.WriteUuid({value});",
        "string" => nullable == "false" ? $"writer.WriteString({value}, {flexible});" : $"writer.WriteNullableString({value}, {flexible});",
        "bytes" or "records" => nullable == "false" ? $"writer.WriteBytes({value}, {flexible});" : $"writer.WriteNullableBytes({value}, {flexible});",
        _ => $"{value}.Write(ref writer, version);",
    };
}
