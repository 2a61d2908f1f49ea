using Actors.Runtime.Tests.Support;
using Orleans;

namespace Actors.Runtime.Tests.Calls;

[GrainType("test.block")]
public sealed class BlockGrain(Probe probe) : Grain, IBlockGrain
{
    public Task Block()
    {
        probe.Add("blocked");
        using var open = new ManualResetEventSlim();
        probe.Gate("unblock").ContinueWith(_ => open.Set(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        open.Wait();
        probe.Add("unblocked");
        return Task.CompletedTask;
    }

    public async Task BlockLater()
    {
        await Task.Yield();
        await Block();
    }

    public Task Touch() => Task.CompletedTask;
}
