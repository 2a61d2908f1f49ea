using System.Text.Json.Nodes;

namespace Actors.Gateway.Storage;

/// <summary>All policies, as Kubernetes would show them.</summary>
/// <param name="Policies">Objects with metadata, spec and status.</param>
internal sealed record PoliciesAnswer(IReadOnlyList<JsonNode> Policies);
