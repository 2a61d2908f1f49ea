using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Actors.Grains.Overview;

/// <summary>Writes JSON for people to read; members that are named like a secret keep their name and lose their value.</summary>
public static class SecretFreeJson
{
    /// <summary>Stands for a value that is not shown.</summary>
    public const string Hidden = "(hidden)";

    private static readonly SearchValues<string> SecretWords = SearchValues.Create(
        ["password", "passphrase", "secret", "token", "credential", "salt", "apikey", "privatekey", "storedkey", "serverkey", "connectionstring"],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>The JSON text of an object.</summary>
    public static string Write(IReadOnlyDictionary<string, JsonElement> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members)
            {
                WriteMember(writer, name, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static void WriteMember(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        if (IsSecret(name) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False))
        {
            writer.WriteStringValue(Hidden);
        }
        else
        {
            Write(writer, value);
        }
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    WriteMember(writer, member.Name, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static bool IsSecret(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).AsSpan().ContainsAny(SecretWords);
}
