using System.Threading.Channels;
using Actors.Storage.Policies;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Actors.Grains.Storage;

/// <summary>
/// Follows a source of policies for one activation, and writes back what became of them: two loops beside the grain's turns, so that neither a long list nor a slow
/// server holds one up. Of each policy only the newest status is written; one that could not be is written again, until there is a newer one or the policy is gone.
/// </summary>
/// <remarks>Safe to use from any thread. Both loops end with it; what is not written then is for the next one, which begins by writing all.</remarks>
internal sealed class PolicyFollower : IAsyncDisposable
{
    /// <summary>Writes at once.</summary>
    private const int MaxWrites = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TellTimeout = TimeSpan.FromSeconds(30);

    private readonly IPolicySource _source;
    private readonly Func<Task> _tell;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wanted = Channel.CreateBounded<bool>(1);
    private readonly Lock _gate = new();
    private readonly Task _loops;
    private Dictionary<string, Func<CancellationToken, Task<bool>>> _writes = [];
    private PolicySet? _latest;

    /// <param name="source">Where policies are kept.</param>
    /// <param name="tell">Tells the grain that there is something new.</param>
    /// <param name="time">The clock of pauses.</param>
    /// <param name="logger">Told of writes that fail.</param>
    public PolicyFollower(IPolicySource source, Func<Task> tell, TimeProvider time, ILogger logger)
    {
        (_source, _tell, _time, _logger) = (source, tell, time, logger);
        _loops = Task.WhenAll(Task.Run(WatchAsync), Task.Run(WriteAsync));
    }

    /// <summary>What the source had last; null before it has been read.</summary>
    public PolicySet? Latest => Volatile.Read(ref _latest);

    /// <summary>Has a status written.</summary>
    public void Post(SourcedPolicy policy, StoragePolicyStatus status) => Post($"{StoragePolicy.Kind} {policy.Name}", token => _source.WriteStatusAsync(policy, status, token));

    /// <summary>Has an erasure coding policy answered.</summary>
    public void Answer(SourcedErasureCodingPolicy policy) => Post($"{PolicyFile.ErasureCodingKind} {policy.Name}", token => _source.AnswerAsync(policy, _time.GetUtcNow(), token));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _loops;
        _stopping.Dispose();
    }

    private void Post(string key, Func<CancellationToken, Task<bool>> write)
    {
        lock (_gate) _writes[key] = write;
        _wanted.Writer.TryWrite(true);
    }

    private async Task WatchAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var set in _source.WatchAsync(_stopping.Token))
                {
                    Volatile.Write(ref _latest, set);
                    await TellAsync();
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                PoliciesLog.NotFollowed(_logger, failure, _source.Name);
            }

            await PauseAsync(FirstPause);
        }
    }

    private async Task TellAsync()
    {
        try
        {
            await _tell().WaitAsync(TellTimeout, _time, _stopping.Token);
        }
        catch (Exception away) when (away is OrleansException or TimeoutException)
        {
            // Silos have the grain look again in a few seconds.
        }
    }

    private async Task WriteAsync()
    {
        var pause = FirstPause;
        try
        {
            while (await _wanted.Reader.WaitToReadAsync(_stopping.Token))
            {
                _wanted.Reader.TryRead(out _);
                Dictionary<string, Func<CancellationToken, Task<bool>>> batch;
                lock (_gate) (batch, _writes) = (_writes, []);
                var failures = 0;
                await Parallel.ForEachAsync(batch, new ParallelOptions { MaxDegreeOfParallelism = MaxWrites, CancellationToken = _stopping.Token }, async (write, token) =>
                {
                    try
                    {
                        await write.Value(token);
                    }
                    catch (Exception failure) when (!_stopping.IsCancellationRequested)
                    {
                        if (Interlocked.Increment(ref failures) == 1) PoliciesLog.StatusNotWritten(_logger, write.Key, failure.Message);
                        lock (_gate) _writes.TryAdd(write.Key, write.Value);
                    }
                });
                if (failures == 0)
                {
                    pause = FirstPause;
                    continue;
                }

                await PauseAsync(pause);
                pause = pause + pause < LongestPause ? pause + pause : LongestPause;
                _wanted.Writer.TryWrite(true);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The activation ends.
        }
    }

    private async Task PauseAsync(TimeSpan pause) => await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
