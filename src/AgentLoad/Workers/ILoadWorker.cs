using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Workers;

/// <summary>A part of a run, in this process or in another one. One phase at a time.</summary>
public interface ILoadWorker : IAsyncDisposable
{
    /// <summary>How far it has come.</summary>
    LoadProgress Progress { get; }

    /// <inheritdoc cref="LoadRun.ConnectAsync"/>
    Task<bool> ConnectAsync(TimeSpan timeout, CancellationToken token);

    /// <inheritdoc cref="LoadRun.SettleAsync"/>
    Task<bool> SettleAsync(TimeSpan timeout, CancellationToken token);

    /// <inheritdoc cref="LoadRun.TrafficAsync"/>
    Task TrafficAsync(Traffic traffic, CancellationToken token);

    /// <inheritdoc cref="LoadRun.QuietAsync"/>
    Task<bool> QuietAsync(TimeSpan duration, CancellationToken token);

    /// <inheritdoc cref="LoadRun.EndAsync"/>
    Task<LoadResult> EndAsync(TimeSpan goodbyeTimeout);
}
