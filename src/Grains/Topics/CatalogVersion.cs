using System.Runtime.CompilerServices;

namespace Actors.Grains.Topics;

/// <summary>The version of a catalog that one process alone changes, for <see cref="ITopicStore.WatchAsync"/>. Safe to use from any thread.</summary>
public sealed class CatalogVersion
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = NewSignal();
    private long _version;

    /// <summary>The catalog has changed.</summary>
    public void Advance()
    {
        TaskCompletionSource reached;
        lock (_gate)
        {
            _version++;
            (reached, _next) = (_next, NewSignal());
        }

        reached.SetResult();
    }

    /// <summary>Says the version at once, and again whenever it is another; versions that come while the caller is busy are told as one.</summary>
    public async IAsyncEnumerable<long> WatchAsync([EnumeratorCancellation] CancellationToken token)
    {
        for (long? told = null; ;)
        {
            long version;
            Task next;
            lock (_gate) (version, next) = (_version, _next.Task);
            if (version == told)
            {
                await next.WaitAsync(token);
                continue;
            }

            token.ThrowIfCancellationRequested();
            told = version;
            yield return version;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
