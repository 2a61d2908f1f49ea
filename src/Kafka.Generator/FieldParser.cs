using System.Globalization;

namespace Actors.Kafka.Generator;

/// <summary>Reads the line of one field: <c>Name: TYPE[?[VERSIONS]] [@VERSIONS] [tag N] [ignorable] [= DEFAULT]</c>.</summary>
internal static class FieldParser
{
    public static FieldDefinition Parse(int number, string[] words, VersionRange parentVersions)
    {
        if (words.Length < 2 || !words[0].EndsWith(":", StringComparison.Ordinal) || !char.IsUpper(words[0][0]))
        {
            throw new DefinitionException(number, "A field is written 'Name: type'.");
        }

        var field = new FieldDefinition
        {
            Name = words[0].Substring(0, words[0].Length - 1),
            Versions = parentVersions,
            Line = number,
        };
        var nullable = ParseType(number, words[1], field);
        for (var at = 2; at < words.Length; at++)
        {
            var word = words[at];
            if (word[0] == '@')
            {
                field.Versions = Range(number, word.Substring(1)).Intersect(parentVersions);
            }
            else if (word == "ignorable")
            {
                field.IsIgnorable = true;
            }
            else if (word == "tag" && at + 1 < words.Length && int.TryParse(words[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var tag))
            {
                field.Tag = tag;
                at++;
            }
            else if (word == "=" && at + 2 == words.Length)
            {
                field.DefaultText = words[++at];
            }
            else
            {
                throw new DefinitionException(number, $"'{word}' has no meaning here.");
            }
        }

        if (field.Versions.IsEmpty)
        {
            throw new DefinitionException(number, "No version has this field.");
        }

        field.NullableVersions = nullable.Intersect(field.Versions);
        Check(field);
        return field;
    }

    private static VersionRange ParseType(int number, string text, FieldDefinition field)
    {
        var nullable = VersionRange.None;
        var question = text.IndexOf('?');
        if (question >= 0)
        {
            nullable = question == text.Length - 1 ? new VersionRange(0, VersionRange.Open) : Range(number, text.Substring(question + 1));
            text = text.Substring(0, question);
        }

        if (text.Length > 2 && text[0] == '[' && text[text.Length - 1] == ']')
        {
            field.IsArray = true;
            text = text.Substring(1, text.Length - 2);
        }

        field.TypeName = text;
        return nullable;
    }

    private static void Check(FieldDefinition field)
    {
        var canBeNull = field.IsArray || field.TypeName is "string" or "bytes" or "records" || char.IsUpper(field.TypeName[0]);
        if (!canBeNull && !field.NullableVersions.IsEmpty)
        {
            throw new DefinitionException(field.Line, $"{field.TypeName} cannot be null.");
        }

        if (field.DefaultText is not { } text)
        {
            return;
        }

        var valid = text == "null"
            ? !field.NullableVersions.IsEmpty
            : !field.IsArray && field.TypeName switch
            {
                "int8" => sbyte.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
                "int16" => short.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
                "int32" => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
                "int64" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
                "bool" => text is "true" or "false",
                _ => false,
            };
        if (!valid)
        {
            throw new DefinitionException(field.Line, $"'{text}' is not a default for this field.");
        }
    }

    private static VersionRange Range(int number, string text) =>
        VersionRange.TryParse(text, out var range)
            ? range
            : throw new DefinitionException(number, $"'{text}' is not a range of versions.");
}
