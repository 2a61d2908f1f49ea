using System.Text.Json.Serialization;

namespace Actors.Gateway.Nodes;

/// <summary>Writes bodies of the interface about nodes without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NodesAnswer))]
[JsonSerializable(typeof(AcceptedStorageAnswer))]
internal sealed partial class NodesApiJson : JsonSerializerContext;
