using System.Net;
using System.Text.Json.Nodes;
using Actors.Membership;

namespace Actors.Silo.Stores.Kubernetes.Policies;

/// <summary>Follows all objects of a kind. What it knows of an object is what it was when its spec changed last, or when the list was read.</summary>
/// <param name="client">Asks the API server.</param>
/// <param name="kind">Where the kind is (<see cref="KubernetesPaths"/>).</param>
/// <param name="subject">What is followed, for people.</param>
/// <param name="log">Told of a watch that is cut off.</param>
internal sealed class KubernetesKindWatch(KubernetesClient client, string kind, string subject, ILogger log) : KubernetesWatch(client, subject, $"read {subject}", log)
{
    /// <summary>Objects of a page of a list.</summary>
    public const int PageObjects = 200;

    private readonly string _operation = $"read {subject}";
    private SortedDictionary<string, JsonObject>? _objects;
    private bool _isChanged;

    /// <summary>Waits until there is something new: the first list, a spec, an object more or less.</summary>
    /// <returns>All objects in the order of their names.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<IReadOnlyList<JsonObject>> NextAsync(CancellationToken token)
    {
        while (!_isChanged) await StepAsync(token);
        _isChanged = false;
        return [.. _objects!.Values];
    }

    /// <inheritdoc/>
    protected override async Task<KubernetesAnswer> ListAsync(CancellationToken token)
    {
        var listed = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        for (string? next = null; ;)
        {
            var page = await Client.AskAsync(_operation, HttpMethod.Get, KubernetesPaths.Page(kind, PageObjects, next), null, token);
            // Gone: the list has changed so much meanwhile that its rest cannot be read as it was. Begun again after the pause of a failure.
            if (page.Code == HttpStatusCode.Gone) throw new MembershipStoreException(_operation, false, "the list became too old while it was read.");
            if (!page.IsSuccess || page.Body?["items"] is not JsonArray items) throw new MembershipStoreException(_operation, false, page.IsSuccess ? "the answer is no list." : page.Message);
            foreach (var item in items)
            {
                if (item is JsonObject json && KubernetesJson.Text(json, "metadata", "name") is { } name) listed[name] = json;
            }

            next = KubernetesJson.Text(page.Body, "metadata", "continue");
            if (!string.IsNullOrEmpty(next)) continue;
            _isChanged |= _objects is null || listed.Count != _objects.Count || listed.Any(pair => !_objects.TryGetValue(pair.Key, out var known) || !IsSame(known, pair.Value));
            _objects = listed;
            return page;
        }
    }

    /// <inheritdoc/>
    protected override string PathOf(string resourceVersion) => KubernetesPaths.WatchAll(kind, resourceVersion, Client.Options.WatchTimeout);

    /// <inheritdoc/>
    protected override void Hear(string type, JsonNode? item)
    {
        if (item is not JsonObject json || KubernetesJson.Text(json, "metadata", "name") is not { } name) return;
        if (type is "DELETED")
        {
            _isChanged |= _objects!.Remove(name);
        }
        else if (type is "ADDED" or "MODIFIED" && !(_objects!.TryGetValue(name, out var known) && IsSame(known, json)))
        {
            _objects[name] = json;
            _isChanged = true;
        }
    }

    /// <summary>Whether only the status differs, which a generation does not count.</summary>
    private static bool IsSame(JsonObject known, JsonObject now) =>
        KubernetesJson.Text(known, "metadata", "uid") == KubernetesJson.Text(now, "metadata", "uid")
        && KubernetesJson.Long(known, "metadata", "generation") == KubernetesJson.Long(now, "metadata", "generation");
}
