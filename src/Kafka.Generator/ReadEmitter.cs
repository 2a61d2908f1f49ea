namespace Actors.Kafka.Generator;

/// <summary>Writes the methods that read a message or struct.</summary>
internal static class ReadEmitter
{
    public static void Emit(CodeWriter code, MessageDefinition message, StructDefinition definition)
    {
        var flexible = VersionCode.Flexible(message, definition.Versions);
        foreach (var field in definition.Fields.Where(f => !f.IsTagged))
        {
            EmitGuarded(code, message, definition, field);
        }

        if (flexible == "false")
        {
            return;
        }

        var tagged = definition.Fields.Where(f => f.IsTagged).OrderBy(f => f.Tag).ToList();
        if (flexible != "true")
        {
            code.Open($"if ({flexible})");
        }

        if (tagged.Count == 0)
        {
            code.Line("reader.SkipTaggedFields();");
        }
        else
        {
            EmitTagged(code, message, definition, tagged);
        }

        if (flexible != "true")
        {
            code.Close();
        }
    }

    private static void EmitTagged(CodeWriter code, MessageDefinition message, StructDefinition definition, System.Collections.Generic.List<FieldDefinition> tagged)
    {
        var flexibleVersions = new VersionRange(message.FirstFlexible, VersionRange.Open).Intersect(definition.Versions);
        code.Open("for (var tags = reader.ReadTagCount(); tags > 0 && !reader.HasFailed; tags--)");
        code.Line("var tag = reader.BeginTaggedField(out var enclosingEnd);");
        code.Open("switch (tag)");
        foreach (var field in tagged)
        {
            var condition = VersionCode.Condition(field.Versions, flexibleVersions);
            code.Line(condition == "true" ? $"case {field.Tag}:" : $"case {field.Tag} when {condition}:");
            code.Open();
            EmitValue(code, message, field);
            code.Line("reader.EndTaggedField(enclosingEnd);");
            code.Line("break;");
            code.Close();
        }

        code.Line("default:");
        code.Open();
        code.Line("reader.SkipTaggedField(enclosingEnd);");
        code.Line("break;");
        code.Close();
        code.Close();
        code.Close();
    }

    private static void EmitGuarded(CodeWriter code, MessageDefinition message, StructDefinition definition, FieldDefinition field)
    {
        var condition = VersionCode.Condition(field.Versions, definition.Versions);
        if (condition == "true")
        {
            EmitValue(code, message, field);
            return;
        }

        code.Open($"if ({condition})");
        EmitValue(code, message, field);
        code.Close();
    }

    private static void EmitValue(CodeWriter code, MessageDefinition message, FieldDefinition field)
    {
        var flexible = VersionCode.Flexible(message, field.Versions);
        var nullable = VersionCode.Condition(field.NullableVersions, field.Versions);
        if (field.IsArray)
        {
            EmitArray(code, message, field, flexible, nullable);
        }
        else if (field.Struct is not null && field.IsNullable)
        {
            var present = nullable == "true" ? "reader.ReadPresence()" : $"!({nullable}) || reader.ReadPresence()";
            code.Line($"{Target(field)} = {present} ? {message.ClassName}.{field.TypeName}.Read(ref reader, version) : null;");
        }
        else
        {
            code.Line($"{Target(field)} = {Scalar(message, field, flexible, nullable)};");
        }
    }

    private static void EmitArray(CodeWriter code, MessageDefinition message, FieldDefinition field, string flexible, string nullable)
    {
        var minimal = VersionCode.MinimalElementSize(field, message);
        var read = $"reader.ReadArrayCount({flexible}, {nullable}, {minimal})";
        code.Open();
        code.Line($"var count = {read};");
        if (nullable != "false")
        {
            code.Open("if (count < 0)");
            code.Line($"{Target(field)} = null;");
            code.Close();
            code.Open("else");
        }

        code.Line($"var items = new List<{FieldCode.ElementType(field)}>(count);");
        code.Open("for (var i = 0; i < count && !reader.HasFailed; i++)");
        code.Line($"items.Add({Scalar(message, field, flexible, "false")});");
        code.Close();
        code.Line();
        code.Line($"{Target(field)} = items;");
        if (nullable != "false")
        {
            code.Close();
        }

        code.Close();
    }

    private static string Target(FieldDefinition field) => $"message.{field.Name}";

    private static string Scalar(MessageDefinition message, FieldDefinition field, string flexible, string nullable) => field.TypeName switch
    {
        "bool" => "reader.ReadBoolean()",
        "int8" => "reader.ReadInt8()",
        "int16" => field.IsErrorCode ? "(ErrorCode)reader.ReadInt16()" : "reader.ReadInt16()",
        "int32" => "reader.ReadInt32()",
        "int64" => "reader.ReadInt64()",
        "uint16" => "reader.ReadUInt16()",
        "uint32" => "reader.ReadUInt32()",
        "float64" => "reader.ReadFloat64()",
        "uuid" => "reader.ReadUuid()",
        "string" => Nullable("String", flexible, nullable),
        "bytes" => Nullable("Bytes", flexible, nullable),
        "records" => Nullable("Bytes", flexible, nullable),
        _ => $"{message.ClassName}.{field.TypeName}.Read(ref reader, version)",
    };

    private static string Nullable(string method, string flexible, string nullable) => nullable switch
    {
        "true" => $"reader.ReadNullable{method}({flexible})",
        "false" => $"reader.Read{method}({flexible})",
        _ => $"{nullable} ? reader.ReadNullable{method}({flexible}) : reader.Read{method}({flexible})",
    };
}
