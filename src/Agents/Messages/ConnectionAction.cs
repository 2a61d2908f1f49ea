using System.Text.Json.Serialization;

namespace Actors.Agents.Messages;

/// <summary>Which end of a connection's life is reported.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConnectionAction>))]
public enum ConnectionAction
{
    /// <summary>It began.</summary>
    [JsonStringEnumMemberName("connect")] Connect = 1,

    /// <summary>It ended.</summary>
    [JsonStringEnumMemberName("disconnect")] Disconnect = 2,
}
