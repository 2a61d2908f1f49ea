using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Topics;

/// <summary>
/// Keeps this silo's catalog up with the store: reads it when the store says that something has changed, at most once every
/// <see cref="PauseBetweenReads"/>. It is the sure way; the controller's calls to <see cref="Partitions.IPartitionHostGrain"/>
/// are the quick one.
/// </summary>
/// <remarks>
/// A store that does not answer is asked again after the pause, and the catalog stays as it is meanwhile. Every change of the
/// nodes is a reason to look too: a silo that was cut off may have heard of changes in another order than they were made in.
/// Where there is one node, nobody else changes the store, and there is nothing to follow.
/// </remarks>
public sealed partial class CatalogFollower(
    ITopicStore store, TopicCatalog catalog, IClusterNodes nodes, TimeProvider time, ILogger<CatalogFollower> logger)
    : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private static readonly TimeSpan PauseBetweenReads = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wanted = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;

    /// <summary>Reads the store now; when the task ends, the catalog has what was there when it began.</summary>
    /// <exception cref="TopicStoreException">The store did not answer; the catalog is as it was.</exception>
    public async Task FollowAsync(CancellationToken token)
    {
        var before = catalog.Current;
        catalog.Follow(before, await store.LoadAsync(token));
    }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(CatalogFollower), ServiceLifecycleStage.ApplicationServices, StartAsync, StopAsync);

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private Task StartAsync(CancellationToken token)
    {
        if (nodes is SingleNode)
            return Task.CompletedTask;
        nodes.Changed += FollowSoon;
        _watching = WatchAsync();
        _reading = ReadAsync();
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken token)
    {
        nodes.Changed -= FollowSoon;
        await _stopping.CancelAsync();
        await Task.WhenAll(_watching, _reading).WaitAsync(token);
    }

    /// <summary>When one reading is asked for already, it serves this wish too.</summary>
    private void FollowSoon() => _wanted.Writer.TryWrite(true);

    private async Task WatchAsync()
    {
        try
        {
            await foreach (var _ in store.WatchAsync(_stopping.Token))
                FollowSoon();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _wanted.Reader.WaitToReadAsync(_stopping.Token))
            {
                _wanted.Reader.TryRead(out _);
                try
                {
                    await FollowAsync(_stopping.Token);
                }
                catch (TopicStoreException failure)
                {
                    LogNotRead(logger, failure);
                    FollowSoon();
                }

                await Task.Delay(PauseBetweenReads, time, _stopping.Token);
            }
        }
        catch (Exception) when (_stopping.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    [LoggerMessage(2204, LogLevel.Warning, "The topic store cannot be read; this silo goes on with the topics that it knows, and asks again.")]
    private static partial void LogNotRead(ILogger logger, Exception failure);
}
