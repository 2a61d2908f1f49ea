using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Tests.Overview;

[GrainType("test.watched")]
public sealed class WatchedGrain([PersistentState("kept")] IPersistentState<WatchedState> state) : Grain, IWatchedGrain
{
    public Task Ok() => Task.CompletedTask;

    public Task Fail() => throw new InvalidOperationException("As it was asked to.");

    public Task Hang(CancellationToken token) => Task.Delay(Timeout.Infinite, token);

    public async Task Keep(string name, string password)
    {
        state.State = new() { Name = name, Password = password };
        await state.WriteStateAsync();
        this.RegisterGrainTimer(static (_, _) => Task.CompletedTask, 0, new() { DueTime = TimeSpan.FromHours(1), Period = TimeSpan.FromHours(2) });
    }
}
