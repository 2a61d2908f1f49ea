using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Workers;

/// <summary>A run in this process.</summary>
/// <param name="run">The run; disposed of with this.</param>
public sealed class LocalWorker(LoadRun run) : ILoadWorker
{
    /// <inheritdoc/>
    public LoadProgress Progress => run.Progress;

    /// <inheritdoc/>
    public Task<bool> ConnectAsync(TimeSpan timeout, CancellationToken token) => run.ConnectAsync(timeout, token);

    /// <inheritdoc/>
    public Task<bool> SettleAsync(TimeSpan timeout, CancellationToken token) => run.SettleAsync(timeout, token);

    /// <inheritdoc/>
    public Task TrafficAsync(Traffic traffic, CancellationToken token) => run.TrafficAsync(traffic, token);

    /// <inheritdoc/>
    public Task<bool> QuietAsync(TimeSpan duration, CancellationToken token) => run.QuietAsync(duration, token);

    /// <inheritdoc/>
    public Task<LoadResult> EndAsync(TimeSpan goodbyeTimeout) => run.EndAsync(goodbyeTimeout);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => run.DisposeAsync();
}
