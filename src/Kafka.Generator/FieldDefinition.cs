namespace Actors.Kafka.Generator;

/// <summary>One line of a definition file: a field of a message or of a struct.</summary>
internal sealed class FieldDefinition
{
    public string Name { get; set; } = "";

    /// <summary>The type's name in the table; for an array, that of its elements.</summary>
    public string TypeName { get; set; } = "";

    public bool IsArray { get; set; }

    /// <summary>The struct that <see cref="TypeName"/> names; null for the built-in types.</summary>
    public StructDefinition? Struct { get; set; }

    /// <summary>The versions that have the field, within those of what is around it.</summary>
    public VersionRange Versions { get; set; }

    /// <summary>The versions, among <see cref="Versions"/>, in which null is allowed.</summary>
    public VersionRange NullableVersions { get; set; } = VersionRange.None;

    /// <summary>The tag's number, or -1 for a field with a fixed place.</summary>
    public int Tag { get; set; } = -1;

    public bool IsIgnorable { get; set; }

    /// <summary>The default as written in the table, or null where none is written.</summary>
    public string? DefaultText { get; set; }

    /// <summary>The line in the file, for diagnostics; 0-based.</summary>
    public int Line { get; set; }

    public bool IsTagged => Tag >= 0;

    public bool IsNullable => !NullableVersions.IsEmpty || (TypeName == "records" && !IsArray);

    public bool IsErrorCode => TypeName == "int16" && !IsArray && Name.EndsWith("ErrorCode", System.StringComparison.Ordinal);

    /// <summary>Whether the value is null when nothing else is said.</summary>
    public bool DefaultsToNull => DefaultText == "null" || (TypeName == "records" && !IsArray && DefaultText is null);
}
