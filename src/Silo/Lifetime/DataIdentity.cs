using System.Text.Json.Serialization;

namespace Actors.Silo.Lifetime;

/// <summary>What the file <c>silo.json</c> in a data directory says about the directory.</summary>
/// <param name="Format">Version of the directory's layout; a program opens its own version and older ones.</param>
/// <param name="NodeId">The node that the directory belongs to.</param>
/// <param name="Version">The program that last opened it, for people.</param>
public sealed record DataIdentity(int Format, int NodeId, string Version);

/// <summary>Reads and writes <see cref="DataIdentity"/> without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DataIdentity))]
internal sealed partial class DataIdentityJson : JsonSerializerContext;
