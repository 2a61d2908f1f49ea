using System.Text.Json;
using System.Text.Json.Serialization;
using Actors.Agents.Messages;

namespace Actors.Agents.Tests;

/// <summary>Reads a peer's frame as objects, strictly: slow, and written by others, so that the reader of frames is checked against it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = AgentProtocol.MaxDepth)]
[JsonSerializable(typeof(PeerMessage))]
internal sealed partial class StrictAgentJson : JsonSerializerContext;
