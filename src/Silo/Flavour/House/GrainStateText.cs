using Actors.Runtime.Storage;

namespace Actors.Silo.Flavour;

/// <summary>The form in which the embedded store keeps grain state: the house runtime's JSON.</summary>
public static class GrainStateText
{
    /// <summary>The bytes of a state.</summary>
    public static byte[] Serialize<T>(T? state) => GrainStateJson.Serialize(state);

    /// <summary>The state of such bytes.</summary>
    public static T? Deserialize<T>(ReadOnlySpan<byte> bytes) => GrainStateJson.Deserialize<T>(bytes);
}
