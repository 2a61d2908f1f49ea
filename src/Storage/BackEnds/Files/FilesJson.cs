using System.Text.Json.Serialization;

namespace Actors.Storage.BackEnds.Files;

/// <summary>How descriptors are written. A key that nobody knows is a mistake.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PoolDescriptor))]
[JsonSerializable(typeof(VolumeDescriptor))]
internal sealed partial class FilesJson : JsonSerializerContext;
