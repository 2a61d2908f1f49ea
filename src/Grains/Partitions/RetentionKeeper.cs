using Actors.Grains.Topics;
using Actors.Log;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Partitions;

/// <summary>
/// Opens partitions that nobody touches when something of them is over: an open partition keeps its own timer, a closed one has
/// nobody. One timer for the silo, every <see cref="ReplicaServices.RetentionCheckInterval"/>.
/// </summary>
public sealed partial class RetentionKeeper(
    PartitionLogs logs,
    TopicCatalog catalog,
    ReplicaRegistry registry,
    IReplicaOpener opener,
    ReplicaServices services,
    ILogger<RetentionKeeper> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private ITimer? _timer;
    private int _isLooking;

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(RetentionKeeper), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        _stopping.Dispose();
    }

    /// <summary>One round; while one runs, another does nothing.</summary>
    public async Task LookAsync()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 1)
            return;
        try
        {
            var nowMs = services.Time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var (topic, index) in FindOver(nowMs))
                await opener.OpenAsync(topic, index, _stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The silo stops; the next start looks again.
        }
        catch (Exception failure)
        {
            LogRoundFailed(logger, failure);
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    private Task StartAsync(CancellationToken token)
    {
        var interval = services.RetentionCheckInterval;
        _timer = services.Time.CreateTimer(static keeper => _ = ((RetentionKeeper)keeper!).LookAsync(), this, interval, interval);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken token)
    {
        await _stopping.CancelAsync();
        if (_timer is not null)
            await _timer.DisposeAsync();
    }

    private IEnumerable<(CatalogTopic Topic, int Index)> FindOver(long nowMs)
    {
        foreach (var log in logs.Store.Summarize())
        {
            var description = log.Description;
            if (log.EndOffset > log.StartOffset
                && !registry.TryGet(new PartitionId(description.TopicId, description.Partition), out _)
                && catalog.Current.TryGet(description.TopicId, out var topic)
                && IsOver(topic.Config, log, nowMs))
            {
                yield return (topic, description.Partition);
            }
        }
    }

    private static bool IsOver(TopicConfig config, in LogSummary log, long nowMs) => config.Deletes
        && ((config.RetentionMs >= 0 && log.OldestMaxTimestampMs >= 0 && log.OldestMaxTimestampMs < nowMs - config.RetentionMs)
            || (config.RetentionBytes >= 0 && log.Bytes > config.RetentionBytes));

    [LoggerMessage(2121, LogLevel.Warning, "Partitions whose retention is over could not be looked for; the next round tries again.")]
    private static partial void LogRoundFailed(ILogger logger, Exception failure);
}
