using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Linstor;

/// <summary>Requests to LINSTOR's controller, and what its answers mean.</summary>
/// <remarks>Source: LINBIT/linstor-server, docs/rest_v1_openapi.yaml (REST 1.28). An answer to a change is a list of ApiCallRc, which may hold an error whatever the status is.</remarks>
internal sealed class LinstorClient(HttpClient http, LinstorOptions options, TimeProvider time)
{
    private const int MaxAnswerBytes = 64 << 20;
    private const ulong ErrorMask = 0xC000_0000_0000_0000;

    public async Task<IReadOnlyList<LinstorPool>> PoolsAsync(CancellationToken cancellationToken) =>
        [.. List(await SendAsync(HttpMethod.Get, "v1/view/storage-pools", null, cancellationToken)).Select(LinstorPool.From)];

    /// <param name="name">One resource definition; null for all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyList<LinstorVolume>> VolumesAsync(string? name, CancellationToken cancellationToken)
    {
        var one = name is null ? "" : Uri.EscapeDataString(name);
        var definitions = await SendAsync(HttpMethod.Get, $"v1/resource-definitions?with_volume_definitions=true{(name is null ? "" : $"&resource_definitions={one}")}", null, cancellationToken);
        var resources = await SendAsync(HttpMethod.Get, $"v1/view/resources{(name is null ? "" : $"?resources={one}")}", null, cancellationToken);
        var byName = List(resources).ToLookup(resource => (string?)resource["name"] ?? "");
        return [.. List(definitions).Select(definition => LinstorVolume.From(definition, byName[(string?)definition["name"] ?? ""]))];
    }

    public Task CreateAsync(string volume, string node, string pool, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, Path(volume, node), new JsonObject { ["resource"] = new JsonObject { ["props"] = new JsonObject { ["StorPoolName"] = pool } } }, cancellationToken);

    public Task GiveDiskAsync(string volume, string node, string pool, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Put, Path(volume, node) + "/toggle-disk", new JsonObject { ["operation"] = "INTO_DRBD_DISKFUL", ["storage_pool"] = pool }, cancellationToken);

    public Task DeleteAsync(string volume, string node, CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, Path(volume, node), null, cancellationToken);

    public Task SetAsync(string volume, IEnumerable<KeyValuePair<string, string>> set, IEnumerable<string> delete, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Put, $"v1/resource-definitions/{Uri.EscapeDataString(volume)}", new JsonObject
        {
            ["override_props"] = new JsonObject(set.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["delete_props"] = new JsonArray([.. delete.Select(name => (JsonNode)name)]),
        }, cancellationToken);

    private static string Path(string volume, string node) => $"v1/resource-definitions/{Uri.EscapeDataString(volume)}/resources/{Uri.EscapeDataString(node)}";

    private static IEnumerable<JsonNode> List(JsonNode? answer) => (answer as JsonArray ?? throw new FormatException("a list is expected")).Select(entry => entry ?? throw new FormatException("an entry is null"));

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.RequestTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(options.Address, path));
            if (options.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            if (answer.Content.Headers.ContentLength > MaxAnswerBytes) throw new FormatException($"the answer is longer than {MaxAnswerBytes} bytes");
            await answer.Content.LoadIntoBufferAsync(MaxAnswerBytes, linked.Token);
            var text = await answer.Content.ReadAsStringAsync(linked.Token);
            if (method == HttpMethod.Get && answer.IsSuccessStatusCode) return JsonNode.Parse(text);
            Check((int)answer.StatusCode, answer.IsSuccessStatusCode, text);
            return null;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new BackEndException($"LINSTOR at {options.Address} does not answer ({failure.Message}): look whether its controller runs", isPermanent: false, failure);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or InvalidOperationException)
        {
            throw new BackEndException($"LINSTOR at {options.Address} answered {method} {path} with something else ({failure.Message})", isPermanent: false, failure);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BackEndException($"LINSTOR at {options.Address} did not answer {method} {path} in {options.RequestTimeout}", isPermanent: false, late);
        }
    }

    private static void Check(int status, bool isSuccess, string text)
    {
        JsonArray? answers = null;
        try
        {
            answers = text.Length == 0 ? null : JsonNode.Parse(text) as JsonArray;
        }
        catch (JsonException) when (!isSuccess)
        {
            // A proxy in between, for example.
        }

        var errors = answers?.Where(entry => entry?["ret_code"] is { } code && ((ulong)code.GetValue<long>() & ErrorMask) == ErrorMask).Select(entry => string.Join(
            "; ", ((string[])["message", "cause", "correction"]).Select(name => (string?)entry![name]).Where(part => !string.IsNullOrEmpty(part)))).ToList() ?? [];
        if (errors.Count > 0) throw new LinstorRefusal(string.Join(" | ", errors), status == 404);
        if (!isSuccess) throw new LinstorRefusal(FormattableString.Invariant($"HTTP {status} {(text.Length > 200 ? text[..200] : text)}"), status == 404);
    }
}
