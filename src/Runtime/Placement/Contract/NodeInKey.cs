using System.Buffers.Text;
using System.Globalization;

namespace Actors.Placement;

/// <summary>Keys that name the node of their grain: <c>group@2</c>.</summary>
public static class NodeInKey
{
    /// <summary>The key of a grain that lives on a node.</summary>
    public static string Format(string name, int nodeId) => string.Create(CultureInfo.InvariantCulture, $"{name}@{nodeId}");

    /// <summary>The node that a key names; false when it names none. The last @ counts.</summary>
    public static bool TryParse(ReadOnlySpan<byte> key, out int nodeId)
    {
        nodeId = -1;
        int at = key.LastIndexOf((byte)'@');
        return at >= 0
            && Utf8Parser.TryParse(key[(at + 1)..], out nodeId, out int used)
            && used == key.Length - at - 1
            && nodeId >= 0;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out int)"/>
    public static bool TryParse(string key, out int nodeId)
    {
        ArgumentNullException.ThrowIfNull(key);
        nodeId = -1;
        int at = key.LastIndexOf('@');
        return at >= 0 && int.TryParse(key.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out nodeId);
    }
}
