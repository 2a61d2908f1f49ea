using System.Text.Json;

namespace Actors.Silo.Options;

/// <summary>Reads options from a JSON file: nested objects are sections, leaves are values.</summary>
/// <remarks>Comments and trailing commas are allowed, as in .NET's own JSON configuration.</remarks>
public static class JsonFileLayer
{
    /// <summary>Largest file that is read.</summary>
    private const int MaxFileBytes = 1 << 20;

    private static readonly JsonDocumentOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };

    /// <summary>Reads the file; one that does not exist says nothing.</summary>
    /// <param name="path">The file's path.</param>
    public static OptionLayer Read(string path)
    {
        var source = new OptionSource(OptionSourceKind.File, path);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) return OptionLayer.Empty;
            return file.Length > MaxFileBytes
                ? Mistake(path, source, $"the file has {file.Length} bytes; at most {MaxFileBytes} are read")
                : Parse(File.ReadAllText(path), path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Mistake(path, source, $"the file cannot be read: {failure.Message}");
        }
    }

    /// <summary>Reads the text of such a file.</summary>
    /// <param name="json">The text.</param>
    /// <param name="name">The file's name for messages.</param>
    public static OptionLayer Parse(string json, string name)
    {
        var source = new OptionSource(OptionSourceKind.File, name);
        try
        {
            using var document = JsonDocument.Parse(json, Lenient);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Mistake(name, source, "the file is no JSON object such as { \"Silo\": { \"NodeId\": 2 } }");
            List<OptionValue> values = [];
            Collect(document.RootElement, "", source, values);
            return new(values, []);
        }
        catch (JsonException failure)
        {
            var line = failure.LineNumber + 1;
            return Mistake(name, source, $"the file is not JSON: line {line}, byte {failure.BytePositionInLine + 1}");
        }
    }

    private static OptionLayer Mistake(string name, OptionSource source, string sentence) =>
        new([], [new(Path.GetFileName(name), null, source, sentence)]);

    private static void Collect(JsonElement element, string key, OptionSource source, List<OptionValue> values)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject()) Collect(member.Value, Join(key, member.Name), source, values);
                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray()) Collect(item, Join(key, $"{index++}"), source, values);
                break;
            case JsonValueKind.Null:
                break;
            default:
                values.Add(new(key, Text(element), source));
                break;
        }
    }

    private static string Join(string key, string name) => key.Length == 0 ? name : $"{key}:{name}";

    private static string Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.String => element.GetString()!,
        _ => element.GetRawText(),
    };
}
