using System.Text.Json.Serialization;

namespace Actors.Silo.Http;

/// <summary>Writes the answers of the HTTP interface without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(ClusterAnswer))]
[JsonSerializable(typeof(GrainsAnswer))]
[JsonSerializable(typeof(GrainAnswer))]
internal sealed partial class HttpJson : JsonSerializerContext;
