using System.Globalization;
using System.Text.Json;
using Actors.Agents.Messages;

namespace Actors.Agents.Frames;

/// <summary>What agents report beside their node records: lifecycle, metadata, connections.</summary>
internal static class ReportReader
{
    private static readonly (string Name, AgentLifecycle State)[] Lifecycles =
    [
        ("created", AgentLifecycle.Created), ("starting", AgentLifecycle.Starting), ("start_timeout", AgentLifecycle.StartTimeout),
        ("start_error", AgentLifecycle.StartError), ("ready", AgentLifecycle.Ready), ("shutting_down", AgentLifecycle.ShuttingDown),
        ("shutdown_timeout", AgentLifecycle.ShutdownTimeout), ("shutdown_error", AgentLifecycle.ShutdownError), ("off", AgentLifecycle.Off),
    ];

    private static readonly string[] MetadataNames = ["key", "value", "error"];

    private static readonly string[] ConnectionNames = ["id", "action", "type", "at", "ip", "code", "reason"];

    /// <summary>The state whose name the reader stands at; null for anything else.</summary>
    public static AgentLifecycle? LifecycleOf(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String)
            return null;
        foreach (var (name, state) in Lifecycles)
        {
            if (json.ValueTextEquals(name))
                return state;
        }

        return null;
    }

    /// <summary>Reads a list of measured values. The same key may be there twice; the last one is the newest.</summary>
    public static FrameProblem? ReadMetadata(ref Utf8JsonReader json, AgentLimits limits, List<MetadataReport> values)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            return Bad("metadata", "is a list");
        var keyBytes = 0;
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            if (values.Count == limits.MaxMetadataValues)
                return Bad($"metadata[{values.Count}]", "the list is longer than the limit");
            string? key = null, value = null, error = null;
            var seen = 0;
            while (NextField(ref json, MetadataNames, ref seen, out var field))
            {
                if (!FrameText.IsGood(ref json, limits.MaxFrameBytes))
                    return Bad($"metadata[{values.Count}].{MetadataNames[field]}", "is a string");
                switch (field)
                {
                    case 0:
                        keyBytes += json.ValueSpan.Length;
                        if (keyBytes > limits.MaxMetadataKeyBytes)
                            return Bad($"metadata[{values.Count}].key", "all keys together are longer than the limit");
                        key = json.GetString();
                        break;
                    case 1:
                        value = json.GetString();
                        break;
                    default:
                        error = json.GetString();
                        break;
                }
            }

            if (json.TokenType != JsonTokenType.EndObject)
                return Strange(ref json, $"metadata[{values.Count}]", MetadataNames);
            if (string.IsNullOrEmpty(key))
                return Bad($"metadata[{values.Count}].key", "is missing");
            values.Add(new MetadataReport { Key = key, Value = value, Error = error });
        }

        return json.TokenType == JsonTokenType.EndArray ? null : Bad($"metadata[{values.Count}]", "is an object");
    }

    /// <summary>Reads a list of connections that began or ended.</summary>
    public static FrameProblem? ReadConnections(ref Utf8JsonReader json, AgentLimits limits, List<ConnectionReport> connections)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            return Bad("connections", "is a list");
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            if (connections.Count == limits.MaxConnectionReports)
                return Bad($"connections[{connections.Count}]", "the list is longer than the limit");
            Guid id = default;
            ConnectionAction action = default;
            string? type = null, ip = null, reason = null;
            DateTimeOffset? at = null;
            int? code = null;
            var seen = 0;
            while (NextField(ref json, ConnectionNames, ref seen, out var field))
            {
                var good = field switch
                {
                    0 => json.TokenType == JsonTokenType.String && json.TryGetGuid(out id) && id != Guid.Empty,
                    1 => TryGetAction(ref json, out action),
                    2 => TryGetText(ref json, limits, out type),
                    3 => TryGetTime(ref json, out at),
                    4 => TryGetText(ref json, limits, out ip),
                    5 => TryGetCode(ref json, out code),
                    _ => TryGetText(ref json, limits, out reason),
                };
                if (!good)
                    return Bad($"connections[{connections.Count}].{ConnectionNames[field]}", RuleOf(field, limits));
            }

            if (json.TokenType != JsonTokenType.EndObject)
                return Strange(ref json, $"connections[{connections.Count}]", ConnectionNames);
            if (id == Guid.Empty || action == default || string.IsNullOrEmpty(type) || at is null)
                return Bad($"connections[{connections.Count}].{(id == Guid.Empty ? "id" : action == default ? "action" : at is null ? "at" : "type")}", "is missing");
            if (action == ConnectionAction.Connect && (code is not null || reason is not null))
                return Bad($"connections[{connections.Count}].{(code is not null ? "code" : "reason")}", "belongs to a disconnect");
            connections.Add(new ConnectionReport { Id = id, Action = action, Type = type, At = at.Value, Ip = ip, Code = code, Reason = reason });
        }

        return json.TokenType == JsonTokenType.EndArray ? null : Bad($"connections[{connections.Count}]", "is an object");
    }

    /// <summary>Moves to the value of the next field. False at the object's end, and before a field that is unknown or repeated.</summary>
    private static bool NextField(ref Utf8JsonReader json, string[] names, ref int seen, out int field)
    {
        field = -1;
        json.Read();
        if (json.TokenType != JsonTokenType.PropertyName)
            return false;
        for (var index = 0; index < names.Length; index++)
        {
            if (!json.ValueTextEquals(names[index]))
                continue;
            if ((seen & (1 << index)) != 0)
                return false;
            seen |= 1 << index;
            field = index;
            return json.Read();
        }

        return false;
    }

    /// <summary>What is wrong where <see cref="NextField"/> found no next field before the object's end.</summary>
    private static FrameProblem Strange(ref Utf8JsonReader json, string entry, string[] names)
    {
        foreach (var name in names)
        {
            if (json.ValueTextEquals(name))
                return Bad($"{entry}.{name}", "is there twice");
        }

        return Bad($"{entry}.{FrameText.Show(ref json)}", "is no field");
    }

    private static string RuleOf(int field, AgentLimits limits) => field switch
    {
        0 => "is a UUID of the form 8-4-4-4-12, and not all zeros",
        1 => "is connect or disconnect",
        3 => "is a moment as in RFC 3339",
        5 => "is a whole number",
        _ => string.Create(CultureInfo.InvariantCulture, $"is a string of at most {limits.MaxReportTextBytes} bytes"),
    };

    private static bool TryGetText(ref Utf8JsonReader json, AgentLimits limits, out string? text)
    {
        text = FrameText.IsGood(ref json, limits.MaxReportTextBytes) ? json.GetString() : null;
        return text is not null;
    }

    private static bool TryGetAction(ref Utf8JsonReader json, out ConnectionAction action)
    {
        action = json.TokenType != JsonTokenType.String ? default
            : json.ValueTextEquals("connect"u8) ? ConnectionAction.Connect
            : json.ValueTextEquals("disconnect"u8) ? ConnectionAction.Disconnect
            : default;
        return action != default;
    }

    private static bool TryGetTime(ref Utf8JsonReader json, out DateTimeOffset? at)
    {
        at = json.TokenType == JsonTokenType.String && json.TryGetDateTimeOffset(out var value) ? value : null;
        return at is not null;
    }

    private static bool TryGetCode(ref Utf8JsonReader json, out int? code)
    {
        code = json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var value) ? value : null;
        return code is not null;
    }

    private static FrameProblem Bad(string field, string rule) => new(AgentCloseCode.BadMessage, field, rule);
}
