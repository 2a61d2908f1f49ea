using Actors.AgentLoad.Running;
using Actors.AgentLoad.Workers;

namespace Actors.AgentLoad.Tests.Workers;

/// <summary>A part of a run that does at once what it is told, unless a test wants something else.</summary>
internal sealed class FakeWorker(LoadOptions options) : ILoadWorker
{
    public LoadOptions Options => options;

    public LoadProgress Progress { get; init; } = LoadProgress.Nothing;

    public Func<Traffic, CancellationToken, Task> OnTraffic { get; init; } = static (_, _) => Task.CompletedTask;

    public Func<LoadResult> OnEnd { get; init; } = static () => new LoadResult();

    public bool IsConnected { get; init; } = true;

    public int Disposals { get; private set; }

    public Task<bool> ConnectAsync(TimeSpan timeout, CancellationToken token) => Task.FromResult(IsConnected);

    public Task<bool> SettleAsync(TimeSpan timeout, CancellationToken token) => Task.FromResult(true);

    public Task TrafficAsync(Traffic traffic, CancellationToken token) => OnTraffic(traffic, token);

    public Task<bool> QuietAsync(TimeSpan duration, CancellationToken token) => Task.FromResult(true);

    public Task<LoadResult> EndAsync(TimeSpan goodbyeTimeout) => Task.FromResult(OnEnd());

    public ValueTask DisposeAsync()
    {
        Disposals++;
        return ValueTask.CompletedTask;
    }
}
