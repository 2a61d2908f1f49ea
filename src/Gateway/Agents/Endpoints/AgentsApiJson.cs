using System.Text.Json;
using System.Text.Json.Serialization;
using Actors.Agents;

namespace Actors.Gateway.Agents;

/// <summary>Reads and writes bodies of the interface about agents without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RefusalAnswer))]
[JsonSerializable(typeof(AgentAnswer))]
[JsonSerializable(typeof(AgentsAnswer))]
[JsonSerializable(typeof(AgentsStatusAnswer))]
[JsonSerializable(typeof(ConnectionsAnswer))]
[JsonSerializable(typeof(MetadataAnswer))]
[JsonSerializable(typeof(TokenWish))]
[JsonSerializable(typeof(NewTokenAnswer))]
[JsonSerializable(typeof(TokensAnswer))]
internal sealed partial class AgentsApiJson : JsonSerializerContext
{
    /// <summary>How a lifecycle state is written.</summary>
    public static string NameOf(AgentLifecycle state) => JsonSerializer.Serialize(state, Default.AgentLifecycle).Trim('"');
}
