using System.Text.Json.Nodes;
using Actors.Membership;
using Orleans.Runtime;

namespace Actors.Silo.Stores.Kubernetes;

/// <summary>
/// One Lease object per silo, which the silo alone writes. Nobody reads another machine's clock in it: its age is how long this process
/// has seen it unchanged, by its own monotonic clock, so a lease looks younger than it is at first, and never older.
/// </summary>
/// <param name="client">Asks the API server.</param>
internal sealed class KubernetesLeases(KubernetesClient client)
{
    private const string ApiVersion = "coordination.k8s.io/v1";

    private readonly Lock _lock = new();
    private readonly Dictionary<SiloAddress, (string ResourceVersion, long Since)> _seen = [];

    /// <summary>When a silo was last heard of, and how long this process has seen it so.</summary>
    public sealed record State(DateTime RenewedAt, TimeSpan Age);

    /// <summary>Reads the leases of these silos; one that has none yet is as old as this process knows its silo.</summary>
    public async Task<IReadOnlyDictionary<SiloAddress, State>> ReadAsync(string operation, IReadOnlyCollection<SiloAddress> silos, CancellationToken token)
    {
        var answer = await client.AskAsync(operation, HttpMethod.Get, KubernetesPaths.LeasesOfOurs(client.Options.Namespace), null, token);
        Dictionary<string, JsonObject> leases = new(StringComparer.Ordinal);
        foreach (var lease in answer.Body?["items"] as JsonArray ?? [])
        {
            if (lease is JsonObject item && KubernetesJson.Text(item, "metadata", "name") is { } name) leases[name] = item;
        }

        lock (_lock)
        {
            foreach (var gone in _seen.Keys.Except(silos).ToList()) _seen.Remove(gone);
            return silos.ToDictionary(static silo => silo, silo => Look(silo, leases.GetValueOrDefault(NameOf(silo))));
        }
    }

    /// <summary>Renews a silo's lease, and makes it when it is missing.</summary>
    public async Task RenewAsync(SiloAddress silo, CancellationToken token)
    {
        const string Operation = "renew a lease";
        var path = KubernetesPaths.Leases(client.Options.Namespace);
        var spec = new JsonObject { ["holderIdentity"] = silo.ToParsableString(), ["renewTime"] = KubernetesTime.Text(client.Time.GetUtcNow().UtcDateTime) };
        var answer = await client.AskAsync(Operation, HttpMethod.Patch, $"{path}/{NameOf(silo)}", new JsonObject { ["spec"] = spec.DeepClone() }, token);
        if (answer.IsMissing)
        {
            var lease = new JsonObject
            {
                ["apiVersion"] = ApiVersion,
                ["kind"] = "Lease",
                ["metadata"] = new JsonObject { ["name"] = NameOf(silo), ["labels"] = new JsonObject { [KubernetesPaths.LeaseLabel] = "lease" } },
                ["spec"] = spec,
            };
            answer = await client.AskAsync(Operation, HttpMethod.Post, path, lease, token);
        }

        if (!answer.IsSuccess) throw new MembershipStoreException(Operation, false, answer.Message);
        lock (_lock) _seen[silo] = (answer.ResourceVersion, client.Time.GetTimestamp());
    }

    /// <summary>Removes the lease of a silo that has no row any more.</summary>
    public async Task RemoveAsync(SiloAddress silo, CancellationToken token)
    {
        var answer = await client.AskAsync("remove a lease", HttpMethod.Delete, $"{KubernetesPaths.Leases(client.Options.Namespace)}/{NameOf(silo)}", null, token);
        if (!answer.IsSuccess && !answer.IsMissing) throw new MembershipStoreException("remove a lease", false, answer.Message);
        lock (_lock) _seen.Remove(silo);
    }

    private State Look(SiloAddress silo, JsonObject? lease)
    {
        var version = KubernetesJson.Text(lease, "metadata", "resourceVersion") ?? "";
        if (!_seen.TryGetValue(silo, out var seen) || seen.ResourceVersion != version) _seen[silo] = seen = (version, client.Time.GetTimestamp());
        var renewedAt = KubernetesTime.TryParse(KubernetesJson.Text(lease, "spec", "renewTime"), out var time) ? time : default;
        return new State(renewedAt, client.Time.GetElapsedTime(seen.Since));
    }

    /// <summary>An address has no letters but those of hexadecimal numbers, so this stays unique.</summary>
    private static string NameOf(SiloAddress silo) =>
        "silo-" + string.Concat(silo.ToParsableString().ToLowerInvariant().Select(static letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
}
