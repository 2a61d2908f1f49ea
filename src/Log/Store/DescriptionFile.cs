using System.Text.Json;

namespace Actors.Log;

/// <summary>The file beside a log's segments that tells a person, or a tool, what they are of.</summary>
internal static class DescriptionFile
{
    public const string Name = "description.json";

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    public static byte[] Write(LogDescription description)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, Indented))
        {
            json.WriteStartObject();
            json.WriteNumber("logId", description.Id.Value);
            json.WriteString("topic", description.Topic);
            json.WriteString("topicId", description.TopicId);
            json.WriteNumber("partition", description.Partition);
            json.WriteStartObject("configs");
            foreach ((string name, string value) in description.Configs.OrderBy(c => c.Key, StringComparer.Ordinal))
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return memory.ToArray();
    }
}
