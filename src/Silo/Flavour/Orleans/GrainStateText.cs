using System.Text.Json;

namespace Actors.Silo.Flavour;

/// <summary>The form in which the embedded store keeps grain state: JSON; Orleans' own ids bring their converters.</summary>
public static class GrainStateText
{
    /// <summary>The bytes of a state.</summary>
    public static byte[] Serialize<T>(T? state) => JsonSerializer.SerializeToUtf8Bytes(state);

    /// <summary>The state of such bytes.</summary>
    public static T? Deserialize<T>(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize<T>(bytes);
}
