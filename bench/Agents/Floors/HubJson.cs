using System.Text.Json.Serialization;
using Actors.Agents.Messages;

namespace Actors.Bench.Agents.Floors;

/// <summary>The arguments of <see cref="NodeHub"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeRecord))]
[JsonSerializable(typeof(Guid[]))]
[JsonSerializable(typeof(Guid))]
internal sealed partial class HubJson : JsonSerializerContext;
