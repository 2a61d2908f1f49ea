using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Actors.Storage.BackEnds.Mayastor;

/// <summary>Requests to Mayastor's REST service, and what its answers mean.</summary>
/// <remarks>Source: openebs/mayastor-control-plane, control-plane/rest/openapi-specs/v0_api_spec.yaml.</remarks>
internal sealed class MayastorClient(HttpClient http, MayastorOptions options, TimeProvider time)
{
    private const int MaxAnswerBytes = 64 << 20;
    private const int MaxPages = 10_000;

    public async Task<IReadOnlyList<MayastorPool>> PoolsAsync(CancellationToken cancellationToken) =>
        [.. List(await SendAsync(HttpMethod.Get, "pools", cancellationToken)).Select(MayastorPool.From)];

    public async Task<IReadOnlyList<MayastorNode>> NodesAsync(CancellationToken cancellationToken) =>
        [.. List(await SendAsync(HttpMethod.Get, "nodes", cancellationToken)).Select(MayastorNode.From)];

    public async Task<IReadOnlyList<MayastorVolume>> VolumesAsync(CancellationToken cancellationToken)
    {
        var volumes = new List<MayastorVolume>();
        long next = 0;
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await SendAsync(HttpMethod.Get, FormattableString.Invariant($"volumes?max_entries={options.PageEntries}&starting_token={next}"), cancellationToken);
            volumes.AddRange(List(answer?["entries"]).Select(MayastorVolume.From));
            if (answer?["next_token"] is not { } token) return volumes;
            next = token.GetValue<long>();
        }

        throw new BackEndException($"Mayastor has no end of pages of {options.PageEntries} volumes", isPermanent: false);
    }

    /// <returns>Null when there is no such volume.</returns>
    public async Task<MayastorVolume?> FindVolumeAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, $"volumes/{Uri.EscapeDataString(id)}", cancellationToken) is { } volume ? MayastorVolume.From(volume) : null;
        }
        catch (MayastorRefusal refusal) when (refusal.IsNotFound)
        {
            return null;
        }
    }

    /// <returns>How a nexus reaches the replica; null when there is no such replica.</returns>
    public async Task<string?> FindReplicaUriAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return (string?)(await SendAsync(HttpMethod.Get, $"replicas/{Uri.EscapeDataString(id)}", cancellationToken))?["uri"];
        }
        catch (MayastorRefusal refusal) when (refusal.IsNotFound)
        {
            return null;
        }
    }

    public Task SetReplicaCountAsync(string volume, int count, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, FormattableString.Invariant($"volumes/{Uri.EscapeDataString(volume)}/replica_count/{count}"), cancellationToken);

    public Task CordonAsync(string node, string label, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Put, $"nodes/{Uri.EscapeDataString(node)}/cordon/{Uri.EscapeDataString(label)}", cancellationToken);

    public Task UncordonAsync(string node, string label, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"nodes/{Uri.EscapeDataString(node)}/cordon/{Uri.EscapeDataString(label)}", cancellationToken);

    public Task RemoveChildAsync(string nexus, string uri, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"nexuses/{Uri.EscapeDataString(nexus)}/children/{Uri.EscapeDataString(uri)}", cancellationToken);

    private static IEnumerable<JsonNode> List(JsonNode? answer) => (answer as JsonArray ?? throw new FormatException("a list is expected")).Select(entry => entry ?? throw new FormatException("an entry is null"));

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.RequestTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(options.Address, path));
            if (options.Token is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            if (answer.Content.Headers.ContentLength > MaxAnswerBytes) throw new FormatException($"the answer is longer than {MaxAnswerBytes} bytes");
            await answer.Content.LoadIntoBufferAsync(MaxAnswerBytes, linked.Token);
            var text = await answer.Content.ReadAsStringAsync(linked.Token);
            if (answer.IsSuccessStatusCode) return text.Length == 0 ? null : JsonNode.Parse(text);
            throw Refusal((int)answer.StatusCode, text);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new BackEndException($"Mayastor at {options.Address} does not answer ({failure.Message}): look whether its api-rest runs", isPermanent: false, failure);
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            throw new BackEndException($"Mayastor at {options.Address} answered {method} {path} with something else ({failure.Message}): look whether the address has its base path", isPermanent: false, failure);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BackEndException($"Mayastor at {options.Address} did not answer {method} {path} in {options.RequestTimeout}", isPermanent: false, late);
        }
    }

    private static MayastorRefusal Refusal(int status, string text)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject error && error["kind"] is { } kind)
                return new MayastorRefusal((string?)kind ?? "", string.Join(": ", new[] { (string?)error["message"], (string?)error["details"] }.Where(part => !string.IsNullOrEmpty(part))));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A proxy in between, for example.
        }

        return new MayastorRefusal(status == 404 ? "NotFound" : FormattableString.Invariant($"HTTP {status}"), text.Length > 200 ? text[..200] : text);
    }
}
