using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Actors.Membership;
using Actors.Storage.Policies;

namespace Actors.Silo.Stores.Kubernetes.Policies;

/// <summary>
/// Policies as custom resources: their specs are listed and watched, their statuses applied as the fields of an owner of their own, so that a
/// status is never mixed with what people write and never overwrites it. Safe for use from any thread.
/// </summary>
/// <param name="client">Asks the API server.</param>
/// <param name="log">Told of a watch that is cut off.</param>
public sealed class KubernetesPolicySource(KubernetesClient client, ILogger<KubernetesPolicySource> log) : IPolicySource
{
    /// <inheritdoc/>
    public string Name => "Kubernetes";

    /// <inheritdoc/>
    public async IAsyncEnumerable<PolicySet> WatchAsync([EnumeratorCancellation] CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await using var policies = new KubernetesKindWatch(client, KubernetesPaths.StoragePolicies, "the storage policies", log);
        await using var erasureCoding = new KubernetesKindWatch(client, KubernetesPaths.ErasureCodingPolicies, "the erasure coding policies", log);
        var (nextPolicies, nextErasureCoding) = (policies.NextAsync(ending.Token), erasureCoding.NextAsync(ending.Token));
        try
        {
            IReadOnlyList<SourcedPolicy> last = [];
            IReadOnlyList<SourcedErasureCodingPolicy> lastErasureCoding = [];
            await Task.WhenAll(nextPolicies, nextErasureCoding);
            while (true)
            {
                if (nextPolicies.IsCompleted)
                {
                    last = [.. (await nextPolicies).Select(PolicyObject.Read)];
                    nextPolicies = policies.NextAsync(ending.Token);
                }

                if (nextErasureCoding.IsCompleted)
                {
                    lastErasureCoding = [.. (await nextErasureCoding).Select(PolicyObject.ReadErasureCoding)];
                    nextErasureCoding = erasureCoding.NextAsync(ending.Token);
                }

                yield return new PolicySet(last, lastErasureCoding);
                await Task.WhenAny(nextPolicies, nextErasureCoding);
            }
        }
        finally
        {
            // The watches are closed when nobody uses them any more.
            await ending.CancelAsync();
            await Task.WhenAll(nextPolicies, nextErasureCoding).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <inheritdoc/>
    public Task<bool> WriteStatusAsync(SourcedPolicy policy, StoragePolicyStatus status, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(status);
        return ApplyAsync(KubernetesPaths.StoragePolicies, StoragePolicy.Kind, policy.Name, policy.Id, status.ToJson(), token);
    }

    /// <inheritdoc/>
    public Task<bool> AnswerAsync(SourcedErasureCodingPolicy policy, DateTimeOffset now, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return ApplyAsync(KubernetesPaths.ErasureCodingPolicies, PolicyFile.ErasureCodingKind, policy.Name, policy.Id, PolicyObject.ErasureCodingStatus(now), token);
    }

    private async Task<bool> ApplyAsync(string kind, string kindName, string name, string id, JsonObject status, CancellationToken token)
    {
        try
        {
            var answer = await client.AskAsync($"write the status of {kindName} {name}", HttpMethod.Patch, KubernetesPaths.Status(kind, name), PolicyObject.Status(kindName, name, id, status), token);
            // A conflict of fields is forced; what is left is that the object is another one of the same name.
            if (answer.IsMissing || answer.IsConflict) return false;
            return answer.IsSuccess ? true : throw new PolicySourceException($"The status of {kindName} {name} was not written: {answer.Message}", false, null);
        }
        catch (MembershipStoreException failed)
        {
            throw new PolicySourceException($"The status of {kindName} {name} was not written: {failed.Reason}", failed.MayHaveHappened, failed);
        }
    }
}
