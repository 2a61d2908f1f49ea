namespace Actors.Storage.Policies;

/// <summary>Where people keep policies and read what became of them: custom resources of Kubernetes, or the silos' own store.</summary>
public interface IPolicySource
{
    /// <summary>Where it is, for people: <c>Kubernetes</c>.</summary>
    string Name { get; }

    /// <summary>Everything that there is, first as it is now and again after each change that people make. Statuses that were written are no change.</summary>
    /// <param name="stopping">Ends it. Nothing else does: what cannot be read is tried again and logged.</param>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> was cancelled.</exception>
    IAsyncEnumerable<PolicySet> WatchAsync(CancellationToken stopping);

    /// <summary>Writes what became of a policy. Only the status is written, and all of it.</summary>
    /// <param name="policy">The policy that it is about: not one of the same name that was made since.</param>
    /// <param name="status">Made from the last one.</param>
    /// <param name="token">Ends the wait; the write may have happened.</param>
    /// <returns>False when the policy is not there any more.</returns>
    /// <exception cref="PolicySourceException">It was not written, or nobody knows; writing it again does no harm.</exception>
    Task<bool> WriteStatusAsync(SourcedPolicy policy, StoragePolicyStatus status, CancellationToken token);

    /// <summary>Answers an erasure coding policy with the condition that erasure coding is not supported.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="now">When.</param>
    /// <param name="token">Ends the wait; the write may have happened.</param>
    /// <returns>False when the policy is not there any more.</returns>
    /// <exception cref="PolicySourceException">It was not written, or nobody knows; writing it again does no harm.</exception>
    Task<bool> AnswerAsync(SourcedErasureCodingPolicy policy, DateTimeOffset now, CancellationToken token);
}
