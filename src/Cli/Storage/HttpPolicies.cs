using System.Text.Json.Nodes;

namespace Actors.Cli.Storage;

/// <summary>Policies as a silo shows them: the objects that Kubernetes would show.</summary>
internal sealed record HttpPolicies(IReadOnlyList<JsonObject> Policies);
