using System.Text.Json;
using System.Text.Json.Nodes;
using Actors.Storage.BackEnds.Rest;

namespace Actors.Storage.BackEnds.Mayastor;

/// <summary>Requests to Mayastor's REST service, and what its answers mean.</summary>
/// <param name="service">The service.</param>
/// <param name="pageEntries">Volumes a page.</param>
/// <remarks>Source: openebs/mayastor-control-plane, control-plane/rest/openapi-specs/v0_api_spec.yaml.</remarks>
internal sealed class MayastorClient(RestService service, int pageEntries)
{
    private const int MaxPages = 10_000;

    // Kinds of RestJsonError that say the same again.
    private static readonly HashSet<string> PermanentKinds =
    [
        "InvalidArgument", "ResourceExhausted", "PermissionDenied", "Unauthorized", "Unauthenticated", "Unimplemented", "OutOfRange", "CapacityLimitExceeded", "NotAcceptable", "Deserialize",
    ];

    public async Task<IReadOnlyList<MayastorPool>> PoolsAsync(CancellationToken cancellationToken) =>
        [.. RestService.List(await SendAsync(HttpMethod.Get, "pools", cancellationToken)).Select(MayastorPool.From)];

    public async Task<IReadOnlyList<MayastorNode>> NodesAsync(CancellationToken cancellationToken) =>
        [.. RestService.List(await SendAsync(HttpMethod.Get, "nodes", cancellationToken)).Select(MayastorNode.From)];

    public async Task<IReadOnlyList<MayastorVolume>> VolumesAsync(CancellationToken cancellationToken)
    {
        var volumes = new List<MayastorVolume>();
        long next = 0;
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await SendAsync(HttpMethod.Get, FormattableString.Invariant($"volumes?max_entries={pageEntries}&starting_token={next}"), cancellationToken);
            volumes.AddRange(RestService.List(answer?["entries"]).Select(MayastorVolume.From));
            if (answer?["next_token"] is not { } token) return volumes;
            next = token.GetValue<long>();
        }

        throw new BackEndException($"Mayastor has no end of pages of {pageEntries} volumes", isPermanent: false);
    }

    /// <returns>Null when there is no such volume.</returns>
    public async Task<MayastorVolume?> FindVolumeAsync(string id, CancellationToken cancellationToken) =>
        await FindAsync($"volumes/{Uri.EscapeDataString(id)}", cancellationToken) is { } volume ? MayastorVolume.From(volume) : null;

    /// <returns>How a nexus reaches the replica; null when there is no such replica.</returns>
    public async Task<string?> FindReplicaUriAsync(string id, CancellationToken cancellationToken) =>
        (string?)(await FindAsync($"replicas/{Uri.EscapeDataString(id)}", cancellationToken))?["uri"];

    public Task SetReplicaCountAsync(string volume, int count, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, FormattableString.Invariant($"volumes/{Uri.EscapeDataString(volume)}/replica_count/{count}"), cancellationToken);

    public Task CordonAsync(string node, string label, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"nodes/{Uri.EscapeDataString(node)}/cordon/{Uri.EscapeDataString(label)}", cancellationToken);

    public Task UncordonAsync(string node, string label, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"nodes/{Uri.EscapeDataString(node)}/cordon/{Uri.EscapeDataString(label)}", cancellationToken);

    public Task RemoveChildAsync(string nexus, string uri, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"nexuses/{Uri.EscapeDataString(nexus)}/children/{Uri.EscapeDataString(uri)}", cancellationToken);

    private async Task<JsonNode?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, cancellationToken);
        }
        catch (RestRefusal refusal) when (refusal.IsNotFound)
        {
            return null;
        }
    }

    private Task<JsonNode?> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken) => service.SendAsync(method, path, null, (status, text) =>
        !RestService.IsSuccess(status) ? throw Refusal(status, text) : text.Length == 0 ? null : JsonNode.Parse(text), cancellationToken);

    private static RestRefusal Refusal(int status, string text)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject error && (string?)error["kind"] is { } kind)
            {
                var told = string.Join(": ", new[] { (string?)error["message"], (string?)error["details"] }.Where(part => !string.IsNullOrEmpty(part)));
                return new RestRefusal($"{told} ({kind})", kind == "NotFound", PermanentKinds.Contains(kind));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A proxy in between, for example.
        }

        return new RestRefusal(FormattableString.Invariant($"{RestService.Told(text)} (HTTP {status})"), status == 404, isPermanent: false);
    }
}
