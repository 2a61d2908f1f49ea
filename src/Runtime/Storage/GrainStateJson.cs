using System.Text.Json;
using Orleans.Runtime;

namespace Actors.Runtime.Storage;

/// <summary>
/// Grain state as JSON, the form in which stores keep it: readable in a database, members may come and go. Members of a newer
/// build are passed over, missing ones keep their defaults.
/// </summary>
public static class GrainStateJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new GrainIdJson(), new SiloAddressJson() },
    };

    /// <summary>The UTF-8 text of a state.</summary>
    public static byte[] Serialize<T>(T? state) => JsonSerializer.SerializeToUtf8Bytes(state, Options);

    /// <summary>Reads what <see cref="Serialize{T}"/> has written.</summary>
    /// <exception cref="JsonException">The text is something else.</exception>
    public static T? Deserialize<T>(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize<T>(utf8, Options);

    private sealed class GrainIdJson : System.Text.Json.Serialization.JsonConverter<GrainId>
    {
        public override GrainId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { Length: > 0 } text ? GrainId.Parse(text) : default;

        public override void Write(Utf8JsonWriter writer, GrainId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.IsDefault ? "" : value.ToString());
    }

    private sealed class SiloAddressJson : System.Text.Json.Serialization.JsonConverter<SiloAddress>
    {
        public override SiloAddress? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text ? SiloAddress.Parse(text) : null;

        public override void Write(Utf8JsonWriter writer, SiloAddress value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToParsableString());
    }
}
