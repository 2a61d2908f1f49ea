using System.Text.Json.Nodes;

namespace Actors.Storage.Policies;

/// <summary>Selectors as JSON.</summary>
internal static class SelectorJson
{
    private static readonly string[] Operators = Enum.GetNames<SelectorOperator>();

    /// <summary>Reads one; null when anything is wrong with it, which the list then says.</summary>
    public static LabelSelector? Read(JsonNode json, string path, IList<string> mistakes)
    {
        var before = mistakes.Count;
        if (json is not JsonObject map)
        {
            mistakes.Add($"{path} is {json.ToJsonString()}; it has matchLabels and matchExpressions");
            return null;
        }

        foreach (var (name, _) in map)
        {
            if (name is not ("matchLabels" or "matchExpressions")) mistakes.Add($"{path}.{name} is unknown");
        }

        var labels = Labels(map["matchLabels"], $"{path}.matchLabels", mistakes);
        var requirements = new List<SelectorRequirement>();
        if (map["matchExpressions"] is JsonArray list)
        {
            for (var index = 0; index < list.Count; index++)
            {
                if (Requirement(list[index], FormattableString.Invariant($"{path}.matchExpressions[{index}]"), mistakes) is { } requirement) requirements.Add(requirement);
            }
        }
        else if (map["matchExpressions"] is { } wrong)
        {
            mistakes.Add($"{path}.matchExpressions is {wrong.ToJsonString()}; it is a list");
        }

        return mistakes.Count == before ? new LabelSelector(labels, requirements) : null;
    }

    /// <summary>Writes one; empty parts are left out.</summary>
    public static JsonObject Write(LabelSelector selector)
    {
        var json = new JsonObject();
        if (selector.MatchLabels.Count > 0)
            json.Add("matchLabels", new JsonObject(selector.MatchLabels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))));
        if (selector.MatchExpressions.Count > 0)
        {
            json.Add("matchExpressions", new JsonArray([.. selector.MatchExpressions.Select(requirement =>
            {
                var one = new JsonObject { ["key"] = requirement.Key, ["operator"] = requirement.Operator.ToString() };
                if (requirement.Values.Count > 0) one.Add("values", new JsonArray([.. requirement.Values.Select(value => (JsonNode?)value)]));
                return (JsonNode?)one;
            })]));
        }

        return json;
    }

    private static Dictionary<string, string> Labels(JsonNode? json, string path, IList<string> mistakes)
    {
        var labels = new Dictionary<string, string>();
        if (json is null) return labels;
        if (json is not JsonObject map)
        {
            mistakes.Add($"{path} is {json.ToJsonString()}; it is a map of texts");
            return labels;
        }

        foreach (var (key, value) in map)
        {
            if (TextOf(value) is { } text) labels.Add(key, text);
            else mistakes.Add($"{path}.{key} is {value?.ToJsonString() ?? "null"}; it is a text");
        }

        return labels;
    }

    private static SelectorRequirement? Requirement(JsonNode? json, string path, IList<string> mistakes)
    {
        var before = mistakes.Count;
        if (json is not JsonObject map)
        {
            mistakes.Add($"{path} is {json?.ToJsonString() ?? "null"}; it has key, operator and values");
            return null;
        }

        foreach (var (name, _) in map)
        {
            if (name is not ("key" or "operator" or "values")) mistakes.Add($"{path}.{name} is unknown");
        }

        var key = TextOf(map["key"]);
        if (string.IsNullOrEmpty(key)) mistakes.Add($"{path}.key is missing or not a text");
        var isKnown = Operators.Contains(TextOf(map["operator"]));
        if (!isKnown) mistakes.Add($"{path}.operator is {map["operator"]?.ToJsonString() ?? "missing"}; it is one of {string.Join(", ", Operators)}");
        var values = map["values"] is JsonArray list ? list.Select(TextOf).ToList() : [];
        if (values.Contains(null) || map["values"] is not (null or JsonArray)) mistakes.Add($"{path}.values is a list of texts");
        if (mistakes.Count > before) return null;
        var comparison = Enum.Parse<SelectorOperator>(TextOf(map["operator"])!);
        var needsValues = comparison is SelectorOperator.In or SelectorOperator.NotIn;
        if (needsValues != values.Count > 0)
        {
            mistakes.Add($"{path}.values has {values.Count} entries; {comparison} takes {(needsValues ? "at least one" : "none")}");
            return null;
        }

        return new SelectorRequirement(key!, comparison, values!);
    }

    private static string? TextOf(JsonNode? json) => json is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
