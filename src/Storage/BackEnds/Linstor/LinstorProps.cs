using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Linstor;

/// <summary>Properties that stand for labels: LINSTOR leaves those below <c>Aux/</c> to users.</summary>
internal static class LinstorProps
{
    /// <summary>How the controller's own notes on a resource definition begin.</summary>
    public const string OwnPrefix = Prefix + "actors-tiering/";

    private const string Prefix = "Aux/";

    public static IReadOnlyDictionary<string, string> Labels(JsonNode? props) =>
        All(props).Where(prop => prop.Key.StartsWith(Prefix, StringComparison.Ordinal) && !prop.Key.StartsWith(OwnPrefix, StringComparison.Ordinal)).ToDictionary(prop => prop.Key[Prefix.Length..], prop => prop.Value);

    public static IReadOnlyDictionary<string, string> All(JsonNode? props) => (props as JsonObject)?.ToDictionary(prop => prop.Key, prop => (string?)prop.Value ?? "") ?? [];
}
