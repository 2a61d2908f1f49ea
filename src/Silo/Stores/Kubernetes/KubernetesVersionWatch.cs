using System.Text.Json.Nodes;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>Waits for the membership table's version to change, by a watch of its object.</summary>
internal sealed class KubernetesVersionWatch(KubernetesClient client, ILogger log) : KubernetesWatch(client, "the membership table", Operation, log)
{
    private const string Operation = "look whether the silos have changed";

    private int? _heard;

    /// <summary>Waits until the version is another than <paramref name="last"/>.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<int> NextAsync(int? last, CancellationToken token)
    {
        while (true)
        {
            await StepAsync(token);
            if (_heard is { } found && found != last) return found;
        }
    }

    /// <inheritdoc/>
    protected override async Task<KubernetesAnswer> ListAsync(CancellationToken token)
    {
        var answer = await Client.AskAsync(Operation, HttpMethod.Get, KubernetesPaths.MembershipList(Client.Options.Namespace), null, token);
        _heard = answer.Body?["items"] is JsonArray { Count: > 0 } items ? MembershipObject.VersionOf(items[0]) : null;
        return answer;
    }

    /// <inheritdoc/>
    protected override string PathOf(string resourceVersion) => KubernetesPaths.Watch(Client.Options.Namespace, resourceVersion, Client.Options.WatchTimeout);

    /// <inheritdoc/>
    protected override void Hear(string type, JsonNode? item) => _heard = type is "ADDED" or "MODIFIED" ? MembershipObject.VersionOf(item) : null;
}
