using System.Text.Json.Nodes;

namespace Actors.Storage.Policies;

/// <summary>One field of a policy's spec: what the reader, the writer and the custom resource's schema know of it.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Type">Its type in the schema: integer, string, boolean or object.</param>
/// <param name="Default">What is meant when it is missing; null when nothing is.</param>
/// <param name="Minimum">Least number, for integers.</param>
/// <param name="Maximum">Largest number, for integers.</param>
/// <param name="Read">Puts a value into a spec; where it is wrong, adds sentences to the list and leaves the spec as it was.</param>
/// <param name="Write">A spec's value; null when it has none.</param>
public sealed record PolicyField(
    string Name,
    string Type,
    JsonNode? Default,
    long? Minimum,
    long? Maximum,
    Func<JsonNode, StoragePolicySpec, IList<string>, StoragePolicySpec> Read,
    Func<StoragePolicySpec, JsonNode?> Write);
