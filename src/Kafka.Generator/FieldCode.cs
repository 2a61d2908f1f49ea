namespace Actors.Kafka.Generator;

/// <summary>C# expressions for one field.</summary>
internal static class FieldCode
{
    /// <summary>The property's type.</summary>
    public static string PropertyType(FieldDefinition field)
    {
        var element = ElementType(field);
        var type = field.IsArray ? $"List<{element}>" : element;
        return field.IsNullable ? type + "?" : type;
    }

    /// <summary>The type of one element of an array, or of the value itself.</summary>
    public static string ElementType(FieldDefinition field) => field.TypeName switch
    {
        "bool" => "bool",
        "int8" => "sbyte",
        "int16" => field.IsErrorCode ? "ErrorCode" : "short",
        "int32" => "int",
        "int64" => "long",
        "uint16" => "ushort",
        "uint32" => "uint",
        "float64" => "double",
        "uuid" => "Guid",
        "string" => "string",
        "bytes" or "records" => "ReadOnlyMemory<byte>",
        _ => field.TypeName,
    };

    /// <summary>What follows the property's declaration, or "" where C#'s own default is right.</summary>
    public static string Initializer(FieldDefinition field)
    {
        if (field.DefaultsToNull)
        {
            return "";
        }

        if (field.IsArray)
        {
            return " = [];";
        }

        return field.TypeName switch
        {
            "string" => " = \"\";",
            "bytes" => field.IsNullable ? " = ReadOnlyMemory<byte>.Empty;" : "",
            _ when field.Struct is not null => " = new();",
            _ when field.DefaultText is { } text => $" = {DefaultLiteral(field, text)};",
            _ => "",
        };
    }

    /// <summary>A condition that is true while the property has its default.</summary>
    public static string IsDefault(FieldDefinition field)
    {
        if (field.DefaultsToNull)
        {
            return $"{field.Name} is null";
        }

        if (field.IsArray)
        {
            return $"{field.Name} is {{ Count: 0 }}";
        }

        return field.TypeName switch
        {
            "string" => $"{field.Name} is \"\"",
            "bytes" => field.IsNullable ? $"{field.Name} is {{ IsEmpty: true }}" : $"{field.Name}.IsEmpty",
            "bool" => field.DefaultText == "true" ? field.Name : $"!{field.Name}",
            "uuid" => $"{field.Name} == Guid.Empty",
            _ when field.Struct is not null => $"{field.Name}?.HasOnlyDefaults() == true",
            _ => $"{field.Name} == {DefaultLiteral(field, field.DefaultText ?? "0")}",
        };
    }

    /// <summary>Bytes that the element takes at least, for every count to be checked against what is left.</summary>
    public static int MinimalElementSize(FieldDefinition field, int version, int firstFlexible)
    {
        var compact = version >= firstFlexible;
        return field.TypeName switch
        {
            "bool" or "int8" => 1,
            "int16" or "uint16" => 2,
            "int32" or "uint32" => 4,
            "int64" or "float64" => 8,
            "uuid" => 16,
            "string" => compact ? 1 : 2,
            "bytes" or "records" => compact ? 1 : 4,
            _ => MinimalStructSize(field.Struct!, version, firstFlexible),
        };
    }

    private static int MinimalStructSize(StructDefinition definition, int version, int firstFlexible)
    {
        var compact = version >= firstFlexible;
        var size = compact ? 1 : 0;
        foreach (var field in definition.Fields)
        {
            if (field.IsTagged || !field.Versions.Contains(version))
            {
                continue;
            }

            var isNullableStruct = field.Struct is not null && !field.IsArray && field.NullableVersions.Contains(version);
            size += field.IsArray
                ? (compact ? 1 : 4)
                : isNullableStruct ? 1 : MinimalElementSize(field, version, firstFlexible);
        }

        return size;
    }

    private static string DefaultLiteral(FieldDefinition field, string text) => field.TypeName switch
    {
        "int16" when field.IsErrorCode => $"(ErrorCode){text}",
        "int8" or "int16" when text[0] == '-' => $"({text})",
        _ => text,
    };
}
