using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Actors.Storage.Policies;

/// <summary>YAML documents (JSON is YAML too) as JSON nodes, read within bounds.</summary>
/// <remarks>Anchors and aliases are refused: a few bytes of them can stand for gigabytes. So are keys that come twice.</remarks>
public static class PolicyYaml
{
    /// <summary>Longest text that is read. Characters.</summary>
    public const int MaxCharacters = 1 << 20;

    /// <summary>Deepest nesting that is read.</summary>
    public const int MaxDepth = 32;

    /// <summary>Reads all documents; empty ones are left out.</summary>
    /// <param name="text">At most <see cref="MaxCharacters"/>.</param>
    /// <param name="mistake">What is wrong with the text as such, with its line; null when it could be read.</param>
    public static IReadOnlyList<JsonNode> Read(string text, out string? mistake)
    {
        mistake = null;
        if (text.Length > MaxCharacters)
        {
            mistake = $"the text has {text.Length} characters; at most {MaxCharacters} are read";
            return [];
        }

        var documents = new List<JsonNode>();
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            while (parser.TryConsume<DocumentStart>(out _))
            {
                if (Node(parser, 0) is { } document) documents.Add(document);
                parser.Consume<DocumentEnd>();
            }

            return documents;
        }
        catch (YamlException wrong)
        {
            mistake = FormattableString.Invariant($"line {wrong.Start.Line}: {wrong.InnerException?.Message ?? wrong.Message}");
            return [];
        }
    }

    private static JsonNode? Node(Parser parser, int depth)
    {
        if (parser.Current is NodeEvent { Anchor.IsEmpty: false } or AnchorAlias) throw Wrong(parser, "anchors and aliases are not read");
        if (depth > MaxDepth) throw Wrong(parser, $"nested deeper than {MaxDepth}");
        if (parser.TryConsume<MappingStart>(out _))
        {
            var map = new JsonObject();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                if (parser.Current is not Scalar) throw Wrong(parser, "a key is not a text");
                var key = parser.Consume<Scalar>();
                if (map.ContainsKey(key.Value)) throw new YamlException(key.Start, key.End, $"{key.Value} is there twice");
                map.Add(key.Value, Node(parser, depth + 1));
            }

            return map;
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var list = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
                list.Add(Node(parser, depth + 1));
            return list;
        }

        var scalar = parser.Consume<Scalar>();
        return scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value) : JsonValue.Create(scalar.Value);
    }

    // The core schema's words, as Kubernetes reads them.
    private static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && char.IsAsciiDigit(text[^1]) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    private static YamlException Wrong(Parser parser, string sentence) => new(parser.Current!.Start, parser.Current.End, sentence);
}
