using System.Text.Json.Serialization;

namespace Actors.Agents.Messages;

/// <summary>The frames as objects, for programs that connect to a hub; fields that they do not know are passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PeerMessage))]
[JsonSerializable(typeof(HubMessage))]
internal sealed partial class AgentJson : JsonSerializerContext;
