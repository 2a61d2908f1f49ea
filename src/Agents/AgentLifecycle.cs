using System.Text.Json.Serialization;

namespace Actors.Agents;

/// <summary>How far an agent's own start or end has come, as it says itself. Says nothing about its connection.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AgentLifecycle>))]
public enum AgentLifecycle
{
    /// <summary>Known, and not begun.</summary>
    [JsonStringEnumMemberName("created")] Created = 0,

    /// <summary>Start-up runs.</summary>
    [JsonStringEnumMemberName("starting")] Starting = 1,

    /// <summary>Start-up takes longer than it should.</summary>
    [JsonStringEnumMemberName("start_timeout")] StartTimeout = 2,

    /// <summary>Start-up failed.</summary>
    [JsonStringEnumMemberName("start_error")] StartError = 3,

    /// <summary>Started.</summary>
    [JsonStringEnumMemberName("ready")] Ready = 4,

    /// <summary>The end runs.</summary>
    [JsonStringEnumMemberName("shutting_down")] ShuttingDown = 5,

    /// <summary>The end takes longer than it should.</summary>
    [JsonStringEnumMemberName("shutdown_timeout")] ShutdownTimeout = 6,

    /// <summary>The end failed.</summary>
    [JsonStringEnumMemberName("shutdown_error")] ShutdownError = 7,

    /// <summary>Ended.</summary>
    [JsonStringEnumMemberName("off")] Off = 8,
}
