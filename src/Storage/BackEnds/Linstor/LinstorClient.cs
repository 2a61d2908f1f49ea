using System.Text.Json;
using System.Text.Json.Nodes;
using Actors.Storage.BackEnds.Rest;

namespace Actors.Storage.BackEnds.Linstor;

/// <summary>Requests to LINSTOR's controller, and what its answers mean.</summary>
/// <remarks>Source: LINBIT/linstor-server, docs/rest_v1_openapi.yaml (REST 1.28). An answer to a change is a list of ApiCallRc, which may hold an error whatever the status is.</remarks>
internal sealed partial class LinstorClient(RestService service)
{
    private const ulong ErrorMask = 0xC000_0000_0000_0000;

    /// <summary>The controller's service.</summary>
    public static RestService Service(HttpClient http, LinstorOptions options, TimeProvider time) =>
        new(http, "LINSTOR", options.Address, options.Token, options.RequestTimeout, "look whether its controller runs", time);

    public async Task<IReadOnlyList<LinstorPool>> PoolsAsync(CancellationToken cancellationToken) =>
        [.. RestService.List(await GetAsync("v1/view/storage-pools", cancellationToken)).Select(LinstorPool.From)];

    /// <param name="name">One resource definition; null for all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyList<LinstorVolume>> VolumesAsync(string? name, CancellationToken cancellationToken)
    {
        var one = name is null ? "" : Uri.EscapeDataString(name);
        var definitions = await GetAsync($"v1/resource-definitions?with_volume_definitions=true{(name is null ? "" : $"&resource_definitions={one}")}", cancellationToken);
        var resources = await GetAsync($"v1/view/resources{(name is null ? "" : $"?resources={one}")}", cancellationToken);
        var byName = RestService.List(resources).ToLookup(resource => (string?)resource["name"] ?? "");
        return [.. RestService.List(definitions).Select(definition => LinstorVolume.From(definition, byName[(string?)definition["name"] ?? ""]))];
    }

    public Task CreateAsync(string volume, string node, string pool, CancellationToken cancellationToken) => ChangeAsync(
        HttpMethod.Post, Path(volume, node), new JsonObject { ["resource"] = new JsonObject { ["props"] = new JsonObject { ["StorPoolName"] = pool } } }, cancellationToken);

    public Task GiveDiskAsync(string volume, string node, string pool, CancellationToken cancellationToken) => ChangeAsync(
        HttpMethod.Put, Path(volume, node) + "/toggle-disk", new JsonObject { ["operation"] = "INTO_DRBD_DISKFUL", ["storage_pool"] = pool }, cancellationToken);

    public Task TakeDiskAsync(string volume, string node, CancellationToken cancellationToken) =>
        ChangeAsync(HttpMethod.Put, Path(volume, node) + "/toggle-disk", new JsonObject { ["operation"] = "INTO_DRBD_DISKLESS" }, cancellationToken);

    public Task DeleteAsync(string volume, string node, CancellationToken cancellationToken) => ChangeAsync(HttpMethod.Delete, Path(volume, node), null, cancellationToken);

    public Task SetAsync(string volume, IEnumerable<KeyValuePair<string, string>> set, IEnumerable<string> delete, CancellationToken cancellationToken) => ChangeAsync(
        HttpMethod.Put, $"v1/resource-definitions/{Uri.EscapeDataString(volume)}", new JsonObject
        {
            ["override_props"] = new JsonObject(set.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["delete_props"] = new JsonArray([.. delete.Select(name => (JsonNode)name)]),
        }, cancellationToken);

    private static string Path(string volume, string node) => $"v1/resource-definitions/{Uri.EscapeDataString(volume)}/resources/{Uri.EscapeDataString(node)}";

    private Task<JsonNode?> GetAsync(string path, CancellationToken cancellationToken) => service.SendAsync(HttpMethod.Get, path, null, (status, text) =>
    {
        if (RestService.IsSuccess(status)) return JsonNode.Parse(text);
        Check(status, text);
        return null;
    }, cancellationToken);

    private Task<bool> ChangeAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken) => service.SendAsync(method, path, body, (status, text) =>
    {
        Check(status, text);
        return true;
    }, cancellationToken);

    private static void Check(int status, string text)
    {
        JsonArray? answers = null;
        try
        {
            answers = text.Length == 0 ? null : JsonNode.Parse(text) as JsonArray;
        }
        catch (JsonException) when (!RestService.IsSuccess(status))
        {
            // A proxy in between, for example.
        }

        var errors = answers?.Where(entry => entry?["ret_code"] is { } code && ((ulong)code.GetValue<long>() & ErrorMask) == ErrorMask).Select(entry => string.Join(
            "; ", ((string[])["message", "cause", "correction"]).Select(name => (string?)entry![name]).Where(part => !string.IsNullOrEmpty(part)))).ToList() ?? [];
        if (errors.Count > 0) throw new RestRefusal(string.Join(" | ", errors), status == 404, isPermanent: false);
        if (!RestService.IsSuccess(status)) throw new RestRefusal(FormattableString.Invariant($"HTTP {status} {RestService.Told(text)}"), status == 404, isPermanent: false);
    }
}
