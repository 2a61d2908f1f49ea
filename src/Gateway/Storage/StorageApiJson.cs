using System.Text.Json.Serialization;
using Actors.Grains.Storage;

namespace Actors.Gateway.Storage;

/// <summary>Reads and writes bodies of the interface about storage without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PoliciesAnswer))]
[JsonSerializable(typeof(PolicyChangesAnswer))]
[JsonSerializable(typeof(VolumesAnswer))]
[JsonSerializable(typeof(VolumeReport))]
[JsonSerializable(typeof(PoolsAnswer))]
[JsonSerializable(typeof(LinksAnswer))]
[JsonSerializable(typeof(MigrationWish))]
[JsonSerializable(typeof(OrderTakenAnswer))]
[JsonSerializable(typeof(MeshAnswer))]
[JsonSerializable(typeof(NewPoolWish))]
[JsonSerializable(typeof(NewVolumeWish))]
[JsonSerializable(typeof(VolumeAddressAnswer))]
internal sealed partial class StorageApiJson : JsonSerializerContext;
